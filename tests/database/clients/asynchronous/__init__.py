"""What the client promises, case by case. `synchronous` is made of this folder."""
