"""What every client has to do, as a suite of pytest: for another log, or a wrapper of your own."""
