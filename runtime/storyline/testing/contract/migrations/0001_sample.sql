-- Makes the log of one story: its tables, the functions that append, and its indexes.
-- Applied by `storyline migrate`, or by any runner that reads dbmate's format.
-- Locks: none that matters; every object is new. Isolation: any; run each section in one transaction.
-- Down removes what `up` made, and so every event. Not the rest of the schema: it fails if that is in use.
-- storyline:after

-- migrate:up
set local lock_timeout = '5s';

-- The namespace of all that follows.
create schema "sample";

-- refuse_change: refuses to change or to delete facts.
-- Called by: the trigger of `events`, before the first row is touched. Locks: none.
create function "sample".refuse_change()
returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $body$
begin
    raise exception using
        errcode = 'SL002',
        message = format('%s of %I.%I is refused: events are facts.', lower(tg_op), tg_table_schema, tg_table_name),
        hint = 'Append an event that corrects the earlier one.';
end
$body$;

-- events: what happened. Append only; written by `append_in_transaction` alone.
create table "sample".events (
    id bigint primary key,
    type text not null,
    version smallint not null default 1,
    data jsonb not null check (jsonb_typeof(data) = 'object'),
    metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object'),
    created_at timestamptz not null default clock_timestamp()
);

create trigger events_are_facts
before update or delete or truncate on "sample".events
for each statement
execute function "sample".refuse_change();

alter table "sample".events
enable always trigger events_are_facts;

-- heads: the last id of each partition. Whoever appends holds its row locked until the commit.
-- `is_awaited`: somebody waits for the next event; the append that brings it resets this, and notifies.
-- Mostly empty pages: each append leaves a dead row, which the next ones overwrite in the same page.
create table "sample".heads (
    partition text primary key,
    last_id bigint not null,
    recorded_at timestamptz not null,
    is_awaited boolean not null default false
)
with (fillfactor = 10);

insert into "sample".heads (partition, last_id, recorded_at)
values ('', 0, '-infinity');

-- Clients look for the story's name here.
comment on table "sample".heads is 'The log of story sample';

-- commands: which events were appended under the id of a command. Written by `append_in_transaction`
-- alone, with the events; an append without such an id does not touch it.
create table "sample".commands (
    id text primary key,
    digest text not null,
    first_id bigint not null,
    last_id bigint not null
);

-- projections: states, each with the id of the last event that it has folded.
-- Written by projectors, and under build 0 by whoever saves a projection that no projector runs.
create table "sample".projections (
    type text not null,
    version integer not null,
    build integer not null default 0,
    id text not null,
    latest_event_id bigint not null,
    data jsonb not null check (jsonb_typeof(data) = 'object'),
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    primary key (type, version, build, id)
);

-- projection_builds: the states of one version of a projection, made once from the beginning of the log.
-- Readers see the one that is active; a newer one is built beside it, and takes its place in one transaction,
-- when it has folded everything up to `target`, where the log ended when it was begun, and is near the present end.
create table "sample".projection_builds (
    type text not null,
    version integer not null,
    build integer not null,
    revision integer not null,
    shards integer not null,
    target bigint not null,
    status text not null check (status in ('building', 'active', 'retired')),
    started_at timestamptz not null default clock_timestamp(),
    switched_at timestamptz,
    primary key (type, version, build)
);

-- one_active_build: readers see one build of a version.
create unique index one_active_build
on "sample".projection_builds (type, version)
where status = 'active';

-- one_building_build: however many processes begin to build a revision, they build it together.
create unique index one_building_build
on "sample".projection_builds (type, version, revision)
where status = 'building';

-- projection_shards: shares of a build's states, by hash of the key, and how far each has read the log.
-- Leased by projectors: only the owner with the current fence moves a position, in the transaction that
-- writes the states; `folded` and `rate` are told every second of what is not written yet, for whoever watches.
-- Mostly empty pages: each move leaves a dead row, which the next ones overwrite in the same page.
create table "sample".projection_shards (
    type text not null,
    version integer not null,
    build integer not null,
    shard integer not null,
    position bigint not null default 0,
    moved_at timestamptz,
    folded bigint not null default 0,
    rate real not null default 0,
    owner text,
    fence bigint not null default 0,
    expires_at timestamptz not null default '-infinity',
    failed_event_id bigint,
    error text,
    primary key (type, version, build, shard)
)
with (fillfactor = 20);

-- parked_events: events on which a fold failed, one for each state that stands still because of it.
-- Written by the projector that holds the state's shard; `wanted` by whoever orders a retry or a skip.
create table "sample".parked_events (
    type text not null,
    version integer not null,
    build integer not null,
    id text not null,
    event_id bigint not null,
    event_type text not null,
    error text not null,
    attempts integer not null default 1,
    parked_at timestamptz not null default clock_timestamp(),
    wanted text check (wanted in ('retry', 'skip')),
    skipped_at timestamptz,
    primary key (type, version, build, id, event_id)
);

-- projectors: the processes that run projections, so that they can share the shards out evenly.
-- Written by each process for itself, every second; `runs`: [[type, version, revision], ...].
create table "sample".projectors (
    owner text primary key,
    runs jsonb not null,
    expires_at timestamptz not null
)
with (fillfactor = 20);

-- append_in_transaction: appends events, unless something newer than `after_id` matches the condition.
-- Called by: `append`, and by clients that append inside a transaction of their own.
-- Locks: the head, until the transaction ends: what follows the first statement sees every earlier append.
-- Isolation: read committed. Stricter levels are right as well, but fail (40001) where this would wait.
--
-- types, versions, data: of each event, a line: JSON text holds no line breaks of its own.
-- metadata: of all events.
-- asked_types: null, or what an event after `after_id` must not be: of these types, a line each,
-- asked_path, asked_vars: and with data that the path matches; null: any data. If the variables have a `type`, it
-- becomes that of the event.
-- after_at: null, or when the event `after_id` was recorded: a crash may have given its id to another.
-- command_id: null, or under which the events are kept, with a digest of what they say: at most once.
-- last_id: of the last new event; null: nothing was appended.
-- recorded_at: of all new events, later than of any before; or else, of the event `checked_id`.
-- refusal: null, or why nothing was appended:
--   {"known": {"first_id", "last_id", "digest"}}: what was appended under `command_id` before;
--   {"checked_id": id, "conflicts": [...]}: up to the head `checked_id`, the newer events that match, or that could
--   (the path is a prefilter: the client has the last word); without "conflicts": more than 1000 are
--   newer, or those that match are large, and the client must look for itself;
--   {}: the log does not have the event `after_id`, or has another.
create function "sample".append_in_transaction(
    in types text,
    in versions text,
    in data text,
    in metadata jsonb,
    in asked_types text default null,
    in asked_path jsonpath default null,
    in asked_vars jsonb default '{}',
    in after_id bigint default 0,
    in after_at timestamptz default null,
    in command_id text default null,
    in command_digest text default null,
    out last_id bigint,
    out recorded_at timestamptz,
    out refusal jsonb
)
language plpgsql
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $body$
declare
    event_count constant bigint := cardinality(string_to_array(types, chr(10)));
    checked_id bigint;
    is_awaited boolean;
    conflicts bigint[];
begin
    -- Where the clock was set back, chance tells a lost event from the one that took its place.
    update "sample".heads as head
    set last_id = head.last_id + event_count,
        recorded_at = greatest(clock_timestamp(), head.recorded_at + random() * interval '100 microseconds')
    where head.partition = ''
    and head.last_id >= after_id
    and (head.last_id > after_id or after_at is null or head.recorded_at = after_at)
    returning head.last_id, head.last_id - event_count, head.recorded_at, head.is_awaited
    into last_id, checked_id, recorded_at, is_awaited;

    if command_id is not null then
        select jsonb_build_object(
            'known',
            jsonb_build_object('first_id', command.first_id, 'last_id', command.last_id, 'digest', command.digest)
        )
        into refusal
        from "sample".commands as command
        where command.id = command_id;
    end if;

    if last_id is null then
        refusal := coalesce(refusal, '{}');
        return;
    end if;

    if refusal is null and asked_types is not null and checked_id > after_id then
        if checked_id - after_id > 1000 then
            refusal := jsonb_build_object('checked_id', checked_id);
        else
            -- Every append that meets another pays for this. The limit tells the planner how short the tail is.
            conflicts := array(
                select newer.id
                from (
                    select *
                    from "sample".events as event
                    where event.id >= after_id
                    order by event.id
                    limit 1000 + 1
                ) as newer
                where case
                    when newer.id = after_id then newer.created_at <> after_at
                    else newer.type = any (string_to_array(asked_types, chr(10)))
                    and coalesce(
                        jsonb_path_match(
                            newer.data,
                            asked_path,
                            case
                                when jsonb_exists(asked_vars, 'type')
                                then asked_vars || jsonb_build_object('type', newer.type)
                                else asked_vars
                            end,
                            true
                        ),
                        true
                    )
                end
            );

            if after_id = any (conflicts) then
                refusal := '{}';
            elsif conflicts <> '{}' then
                refusal := (
                    select case
                        when max(candidate.size) > 1000000
                        then jsonb_build_object('checked_id', checked_id)
                        else jsonb_build_object('checked_id', checked_id, 'conflicts', jsonb_agg(
                            jsonb_build_object(
                                'id', candidate.id,
                                'type', candidate.type,
                                'version', candidate.version,
                                'data', candidate.data,
                                'metadata', candidate.metadata,
                                'created_at', to_char(
                                    candidate.created_at at time zone 'UTC',
                                    'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
                                )
                            )
                            order by candidate.id
                        ) filter (where candidate.size <= 1000000))
                    end
                    from (
                        select
                            event.*,
                            sum(pg_column_size(event.data) + pg_column_size(event.metadata)) over (order by event.id) as size
                        from "sample".events as event
                        where event.id = any (conflicts)
                    ) as candidate
                );
            end if;
        end if;
    end if;

    if refusal is not null then
        update "sample".heads as head
        set last_id = checked_id,
            recorded_at = (
                select latest.created_at
                from "sample".events as latest
                where latest.id = checked_id
            )
        where head.partition = ''
        returning head.recorded_at
        into strict recorded_at;

        last_id := null;
        return;
    end if;

    insert into "sample".events (id, type, version, data, metadata, created_at)
    select
        checked_id + event.position,
        event.type,
        event.version::smallint,
        event.data::jsonb,
        append_in_transaction.metadata,
        append_in_transaction.recorded_at
    from rows from (
        string_to_table(types, chr(10)), string_to_table(versions, chr(10)), string_to_table(data, chr(10))
    ) with ordinality as event (type, version, data, position);

    if command_id is not null then
        insert into "sample".commands (id, digest, first_id, last_id)
        values (command_id, command_digest, checked_id + 1, append_in_transaction.last_id);
    end if;

    -- Once for each silence of the log: a notification holds up all other commits of the database.
    if is_awaited then
        update "sample".heads as head
        set is_awaited = false
        where head.partition = '';

        perform pg_notify('storyline_sample', '');
    end if;
end
$body$;

-- append: `append_in_transaction`, committed: when it returns, the events are on disk.
-- Called by: clients, in autocommit; inside a transaction it fails (2D000).
-- Locks: the head, until the first commit, which does not wait for the disk. So writers queue for
-- memory only; then each waits for the flush of a second transaction, whose record in the write-ahead
-- log stands behind its events', and many share one flush. It waits even if the session's commits do not.
-- Isolation: read committed, whatever the session's default: a stricter level would fail where this waits.
-- It has no `set` clause, as a procedure with one could not commit.
-- It assigns where it could `perform` or `select into`, which start an executor each: an append took a sixth more.
create procedure "sample".append(
    in types text,
    in versions text,
    in data text,
    in metadata jsonb,
    in asked_types text default null,
    in asked_path jsonpath default null,
    in asked_vars jsonb default '{}',
    in after_id bigint default 0,
    in after_at timestamptz default null,
    in command_id text default null,
    in command_digest text default null,
    inout last_id bigint default null,
    inout recorded_at timestamptz default null,
    inout refusal text default null
)
language plpgsql
as $body$
declare
    answer record;
    unused text;
begin
    if pg_catalog.current_setting('transaction_isolation') operator(pg_catalog.<>) 'read committed' then
        commit;
        set transaction isolation level read committed;
    end if;

    unused := pg_catalog.set_config('synchronous_commit', 'off', true);

    answer := "sample".append_in_transaction(
        types, versions, data, metadata, asked_types, asked_path, asked_vars,
        after_id, after_at, command_id, command_digest
    );
    last_id := answer.last_id;
    recorded_at := answer.recorded_at;
    refusal := answer.refusal;

    commit;

    -- A repeated command may be known, and yet not be on disk.
    if last_id is not null or pg_catalog.jsonb_exists(answer.refusal, 'known') then
        if pg_catalog.current_setting('synchronous_commit') operator(pg_catalog.=) 'off' then
            unused := pg_catalog.set_config('synchronous_commit', 'on', true);
        end if;

        unused := pg_catalog.pg_logical_emit_message(true, 'storyline', '');
    end if;
end
$body$;

-- migrate:down
set local lock_timeout = '5s';

drop procedure "sample".append;

drop function "sample".append_in_transaction;

drop table "sample".projectors;

drop table "sample".parked_events;

drop table "sample".projection_shards;

drop index "sample".one_building_build;

drop index "sample".one_active_build;

drop table "sample".projection_builds;

drop table "sample".projections;

drop table "sample".commands;

drop table "sample".heads;

drop table "sample".events;

drop function "sample".refuse_change;

drop schema "sample";
