-- The log's schema as it was until every append, not every event, got its entry in the index of streams. What a log was
-- made with then is moved when it is opened: here it is made so once more. {schema} and {lock_class} are replaced as in
-- the product's own script.

create schema if not exists {schema};

create table if not exists {schema}.events (
    position      bigint                   not null,
    stream        text collate "C"         not null,
    revision      bigint                   not null,
    id            uuid                     not null,
    type          text collate "C"         not null,
    recorded_at   timestamp with time zone not null,
    starts_append boolean                  not null,
    data          bytea                    not null,
    metadata      bytea                    not null,
    constraint events_pkey primary key (position),
    constraint events_stream_revision_key unique (stream, revision)
);

-- Finds an append that is repeated without naming its place. Only first events are in it: a random key for every event
-- would make large appends half as fast again.
create index if not exists events_append_id_idx on {schema}.events (id) where starts_append;

comment on table {schema}.events is 'Every event, append-only. Written by {schema}.append alone.';
comment on column {schema}.events.position is 'Place in the whole log, from 1, without gaps, in the order in which events became visible.';
comment on column {schema}.events.stream is 'Category, dash, id: the aggregate it happened to.';
comment on column {schema}.events.revision is 'Place in the stream, from 0, without gaps.';
comment on column {schema}.events.id is 'Unique by its writer; makes a repeated append harmless.';
comment on column {schema}.events.type is 'Versioned name of what happened, e.g. stock-reserved.v1.';
comment on column {schema}.events.recorded_at is 'When the server took it (its clock). When it happened in the world is in the metadata.';
comment on column {schema}.events.starts_append is 'Whether it was the first event of its append.';
comment on column {schema}.events.data is 'The event, JSON in UTF-8, byte for byte as written. To read: {schema}.events_json.';
comment on column {schema}.events.metadata is 'Who, when, why: JSON in UTF-8, byte for byte; may be empty.';

create or replace function {schema}.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'The log is append-only.';
end $$;

create or replace trigger events_are_immutable before update or delete or truncate on {schema}.events
    for each statement execute function {schema}.refuse_change();

create or replace function {schema}.json_of(bytes bytea) returns jsonb language plpgsql immutable parallel safe as $$
begin
    return convert_from(nullif(bytes, ''::bytea), 'UTF8')::jsonb;
exception when others then
    return null;
end $$;

comment on function {schema}.json_of is 'The bytes as JSON; null where they are none.';

create or replace view {schema}.events_json as
select position, stream, revision, id, type, recorded_at, {schema}.json_of(data) as data, {schema}.json_of(metadata) as metadata
from {schema}.events;

comment on view {schema}.events_json is 'The log for human readers: data and metadata decoded.';

-- Position and revision of the last of these events where the stream holds just them from that revision on; else nulls.
create or replace function {schema}.held(stream_name text, from_revision bigint, event_ids uuid[], out last_position bigint, out last_revision bigint)
language sql stable as $$
    select max(e.position), max(e.revision)
    from unnest(event_ids) with ordinality n(id, i)
    join {schema}.events e on e.stream = stream_name and e.revision = from_revision + n.i - 1 and e.id = n.id
    having count(*) = cardinality(event_ids)
$$;

-- Appends a group of appends: each all or nothing at its expected revision, none harming another.
--
-- Why a reader can never skip an event: positions are taken after the advisory lock and the lock is held until the
-- transaction has ended. PostgreSQL makes a commit durable, then visible, then releases its locks. So whoever takes the
-- next positions does it when all lower ones are visible (or rolled back and given out anew): commit order is position
-- order, on however many nodes, and any snapshot sees a prefix of the log. For the same reason recorded_at is taken after
-- the lock. Each statement below needs a snapshot of its own, newer than the lock: read committed, a volatile function.
--
-- stream_names are distinct. For each append: its stream (index in stream_names), expected revision (-1 none, -2 any,
-- -4 exists), first event (index in ids) and number of events; for each event the index of its append, id, type, data,
-- metadata. Indexes count from 1. No id occurs in two appends of a group. Answers for each append: positions > 0, position
-- and revision of its last event; 0, wrong expected revision, and revisions tells the stream's last one (-1: no event).
create or replace function {schema}.append(
    stream_names text[],
    append_streams int[], append_expected bigint[], append_firsts int[], append_counts int[],
    event_appends int[], event_ids uuid[], event_types text[], event_data bytea[], event_metadata bytea[],
    out positions bigint[], out revisions bigint[])
language plpgsql volatile as $$
declare
    head bigint;            -- of the log
    stream_heads bigint[];  -- of each stream, moving on as appends are accepted
    known int[];            -- appends without a place of their own whose first event the stream already holds
    position_offsets bigint[];
    revision_offsets bigint[];
    expected bigint;
    first int;
    events int;
    actual bigint;
    repeated bigint;
    place bigint;
    accepted bigint := 0;
    s int;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'Appends need the isolation level read committed.';
    end if;
    perform pg_advisory_xact_lock({lock_class}, hashtext('{schema}'));

    head := coalesce((select max(e.position) from {schema}.events e), 0);
    stream_heads := array(
        select coalesce((select e.revision from {schema}.events e where e.stream = n.name order by e.revision desc limit 1), -1)
        from unnest(stream_names) with ordinality n(name, i) order by n.i);

    if -2 = any(append_expected) or -4 = any(append_expected) then
        known := array(
            select a.i from unnest(append_streams, append_expected, append_firsts) with ordinality a(stream, expected, first, i)
            where a.expected < -1 and exists (
                select from {schema}.events e
                where e.id = event_ids[a.first] and e.starts_append and e.stream = stream_names[a.stream]));
    end if;

    for i in 1 .. cardinality(append_streams) loop
        s := append_streams[i];
        expected := append_expected[i];
        first := append_firsts[i];
        events := append_counts[i];
        actual := stream_heads[s];
        repeated := null;

        -- The place where the stream would hold these events if this is a repeat.
        if expected >= -1 and expected < actual then
            select * into repeated, place from {schema}.held(stream_names[s], expected + 1, event_ids[first : first + events - 1]);
        elsif i = any(known) then
            select h.* into repeated, place
            from {schema}.events e, {schema}.held(e.stream, e.revision, event_ids[first : first + events - 1]) h
            where e.id = event_ids[first] and e.starts_append and e.stream = stream_names[s] and h.last_position is not null
            order by e.revision limit 1;
        end if;

        if repeated is not null then
            positions[i] := repeated;
            revisions[i] := place;
        elsif expected = actual or (expected = -2 or expected = -4 and actual >= 0) and (i = any(known)) is not true then
            position_offsets[i] := head + accepted + 1 - first;
            revision_offsets[i] := actual + 1 - first;
            accepted := accepted + events;
            stream_heads[s] := actual + events;
            positions[i] := head + accepted;
            revisions[i] := actual + events;
        else
            positions[i] := 0;
            revisions[i] := actual;
        end if;
    end loop;

    if accepted > 0 then
        insert into {schema}.events (position, stream, revision, id, type, recorded_at, starts_append, data, metadata)
        select
            position_offsets[append] + i, stream_names[append_streams[append]], revision_offsets[append] + i,
            id, type, recorded.at, append_firsts[append] = i, data, metadata
        from (
            select
                generate_series(1, cardinality(event_ids)) as i, unnest(event_appends) as append, unnest(event_ids) as id,
                unnest(event_types) as type, unnest(event_data) as data, unnest(event_metadata) as metadata) event,
            (select clock_timestamp() as at) recorded
        where position_offsets[append] is not null;
        perform pg_notify('{schema}_appended', (head + accepted)::text);
    end if;
end $$;
