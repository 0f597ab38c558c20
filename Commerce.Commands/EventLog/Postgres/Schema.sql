-- The log's schema. Run whole, under an advisory lock, at the start of the first node that brings this version of the
-- script; must keep what is there. {schema} is replaced by the configured name, {lock_class} by the first key of the log's
-- advisory locks.

create schema if not exists {schema};

-- A log of an older layout, which had a row for every event, steps aside; its events are moved below.
do $$
begin
    if exists (select from pg_class where oid = to_regclass('{schema}.events') and relkind = 'r') then
        alter table {schema}.events rename to older_events;
        drop function if exists {schema}.append, {schema}.held, {schema}.stream_events;
    end if;
end $$;

-- The events of one append lie in one row: the first in columns of its own, so that most appends, which have just one, cost
-- no array; the others in arrays. A hundred events then pay for a row, three index entries and a header once, and the
-- server compresses what repeats itself in them. Columns of a fixed width come first: no padding between them.
create table if not exists {schema}.appends (
    position      bigint                   not null,
    revision      bigint                   not null,
    recorded_at   timestamp with time zone not null,
    events        integer                  not null,
    id            uuid                     not null,
    stream        text collate "C"         not null,
    type          text collate "C"         not null,
    data          bytea                    not null,
    metadata      bytea                    not null,
    more_ids      uuid[],
    more_types    text[] collate "C",
    more_data     bytea[],
    more_metadata bytea[],
    constraint appends_pkey primary key (position),
    constraint appends_stream_revision_key unique (stream, revision)
);

-- Finds an append that is repeated without naming its place.
create index if not exists appends_id_idx on {schema}.appends (id);

-- Several times as fast as what servers compress with by themselves; not every server is built with it.
do $$
begin
    alter table {schema}.appends
        alter data set compression lz4, alter metadata set compression lz4,
        alter more_types set compression lz4, alter more_data set compression lz4, alter more_metadata set compression lz4;
exception when feature_not_supported or syntax_error then
    null;
end $$;

-- Nobody looks for an append by what it holds. To gather statistics of it, of the elements of arrays above all, took a
-- busy log's server seconds of its processor at a time.
alter table {schema}.appends
    alter data set statistics 0, alter metadata set statistics 0,
    alter more_ids set statistics 0, alter more_types set statistics 0, alter more_data set statistics 0, alter more_metadata set statistics 0;

comment on table {schema}.appends is 'Every append with its events, append-only. Written by the log alone. To read: {schema}.events_json.';
comment on column {schema}.appends.position is 'Place of its first event in the whole log, from 1. Those of the others follow; there are no gaps, and the order is that in which events became visible.';
comment on column {schema}.appends.revision is 'Place of its first event in the stream, from 0. Those of the others follow; there are no gaps.';
comment on column {schema}.appends.recorded_at is 'When the server took it (its clock). When it happened in the world is in the metadata.';
comment on column {schema}.appends.events is 'How many events were appended at once.';
comment on column {schema}.appends.id is 'Of the first event: unique by its writer; makes a repeated append harmless.';
comment on column {schema}.appends.stream is 'Category, dash, id: the aggregate they happened to.';
comment on column {schema}.appends.type is 'Of the first event: versioned name of what happened, e.g. stock-reserved.v1.';
comment on column {schema}.appends.data is 'The first event, JSON in UTF-8, byte for byte as written.';
comment on column {schema}.appends.metadata is 'Of the first event: who, when, why: JSON in UTF-8, byte for byte; may be empty.';
comment on column {schema}.appends.more_ids is 'The same of the other events; null where there are none.';
comment on column {schema}.appends.more_types is 'The same of the other events; null where there are none.';
comment on column {schema}.appends.more_data is 'The same of the other events; null where there are none.';
comment on column {schema}.appends.more_metadata is 'The same of the other events; null where there are none.';

create or replace function {schema}.refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'The log is append-only.';
end $$;

drop trigger if exists appends_are_immutable on {schema}.appends;
create trigger appends_are_immutable before update or delete or truncate on {schema}.appends
    for each statement execute function {schema}.refuse_change();

create or replace function {schema}.json_of(bytes bytea) returns jsonb language plpgsql immutable parallel safe as $$
begin
    return convert_from(nullif(bytes, ''::bytea), 'UTF8')::jsonb;
exception when others then
    return null;
end $$;

comment on function {schema}.json_of is 'The bytes as JSON; null where they are none.';

create or replace view {schema}.events as
select position, revision, recorded_at, id, stream, type, data, metadata from {schema}.appends
union all
select a.position + e.i, a.revision + e.i, a.recorded_at, e.id, a.stream, e.type, e.data, e.metadata
from {schema}.appends a, unnest(a.more_ids, a.more_types, a.more_data, a.more_metadata) with ordinality e(id, type, data, metadata, i);

comment on view {schema}.events is 'The log, a row for every event, as bytes.';

create or replace view {schema}.events_json as
select position, stream, revision, id, type, recorded_at, {schema}.json_of(data) as data, {schema}.json_of(metadata) as metadata
from {schema}.events;

comment on view {schema}.events_json is 'The log for human readers: data and metadata decoded.';

do $$
declare
    first text;  -- how the older layout marks the first event of an append
begin
    select case a.attname when 'append_events' then 'append_events > 0' else 'starts_append' end into first
    from pg_attribute a
    where a.attrelid = to_regclass('{schema}.older_events') and a.attname in ('append_events', 'starts_append') and not a.attisdropped;
    if first is not null then
        execute format($move$
            insert into {schema}.appends
            select
                min(position), min(revision), min(recorded_at), count(*), (array_agg(id order by position))[1], min(stream),
                (array_agg(type order by position))[1], (array_agg(data order by position))[1], (array_agg(metadata order by position))[1],
                nullif((array_agg(id order by position))[2:], '{}'), nullif((array_agg(type order by position))[2:], '{}'),
                nullif((array_agg(data order by position))[2:], '{}'), nullif((array_agg(metadata order by position))[2:], '{}')
            from (select *, count(*) filter (where %s) over (order by position) as append from {schema}.older_events) e
            group by append
            order by append
            $move$, first);
        drop table {schema}.older_events;
        analyze {schema}.appends;
    end if;
exception when dependent_objects_still_exist then
    raise exception 'The log is of an older layout and cannot be moved while views of others read {schema}.events; drop them, and make them anew on {schema}.events_json.';
end $$;

-- Position and revision of the last of these events where the stream holds just them from that revision on; else nulls.
create or replace function {schema}.held(stream_name text, from_revision bigint, event_ids uuid[], out last_position bigint, out last_revision bigint)
language sql stable as $$
    select max(e.position), max(e.revision)
    from (
        select a.position + ids.i - 1 as position, a.revision + ids.i - 1 as revision, ids.id
        from {schema}.appends a, unnest(a.id || a.more_ids) with ordinality ids(id, i)
        where a.stream = stream_name and a.revision < from_revision + cardinality(event_ids) and a.revision >= coalesce(
            (select max(s.revision) from {schema}.appends s where s.stream = stream_name and s.revision <= from_revision), 0)) e
    where e.id = event_ids[e.revision - from_revision + 1]
    having count(*) = cardinality(event_ids)
$$;

-- Decides a group of appends: each all or nothing at its expected revision, none harming another. The statement that calls
-- this writes those that are accepted. Where each has a stream of its own that is just where it is expected, one statement
-- writes them all without it, under the same lock: that is most of them.
--
-- Why a reader can never skip an event: positions are taken after the advisory lock and the lock is held until the
-- transaction has ended. PostgreSQL makes a commit durable, then visible, then releases its locks. So whoever takes the
-- next positions does it when all lower ones are visible (or rolled back and given out anew): commit order is position
-- order, on however many nodes, and any snapshot sees a prefix of the log. For the same reason recorded_at is taken after
-- the lock. Each statement below needs a snapshot of its own, newer than the lock: read committed, a volatile function.
--
-- stream_names are distinct. For each append: its stream (index in stream_names), expected revision (-1 none, -2 any,
-- -4 exists), number of events, id of the first; those of the others are in more_ids after so many (append_skips). Indexes
-- count from 1. No id occurs in two appends of a group. Answers for each append: whether it is to be written, position and
-- revision of its last event; position 0, wrong expected revision, and revisions tells the stream's last one (-1: no event).
create or replace function {schema}.decide(
    stream_names text[], append_streams int[], append_expected bigint[], append_events int[], append_ids uuid[], append_skips int[], more_ids uuid[],
    out accepted boolean[], out positions bigint[], out revisions bigint[], out recorded_at timestamp with time zone)
language plpgsql volatile as $$
declare
    head bigint;            -- of the log
    first_free bigint;      -- position that is given out next
    stream_heads bigint[];  -- of each stream, moving on as appends are accepted
    known int[];            -- appends without a place of their own whose first event the stream already holds
    expected bigint;
    events int;
    ids uuid[];
    actual bigint;
    repeated bigint;
    place bigint;
    there uuid;             -- event that the stream holds where the append wants its first
    s int;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'Appends need the isolation level read committed.';
    end if;
    perform pg_advisory_xact_lock({lock_class}, hashtext('{schema}'));

    recorded_at := clock_timestamp();
    head := coalesce((select a.position + a.events - 1 from {schema}.appends a order by a.position desc limit 1), 0);
    first_free := head + 1;
    stream_heads := array(
        select coalesce((
            select a.revision + a.events - 1 from {schema}.appends a
            where a.stream = n.name order by a.revision desc limit 1), -1)
        from unnest(stream_names) with ordinality n(name, i) order by n.i);

    if -2 = any(append_expected) or -4 = any(append_expected) then
        known := array(
            select n.i from unnest(append_streams, append_expected, append_ids) with ordinality n(stream, expected, id, i)
            where n.expected < -1 and exists (select from {schema}.appends a where a.id = n.id and a.stream = stream_names[n.stream]));
    end if;

    for i in 1 .. cardinality(append_streams) loop
        s := append_streams[i];
        expected := append_expected[i];
        events := append_events[i];
        actual := stream_heads[s];
        repeated := null;
        place := null;

        -- The place where the stream would hold these events if this is a repeat. Most are no repeats but lost races, which the id
        -- there tells at once: the server plans held anew at every call, which costs more than all else here.
        there := case when expected >= -1 and expected < actual then (
            select (a.id || a.more_ids)[expected + 2 - a.revision] from {schema}.appends a
            where a.stream = stream_names[s] and a.revision <= expected + 1 order by a.revision desc limit 1) end;
        if there = append_ids[i] then
            ids := append_ids[i] || more_ids[append_skips[i] + 1 : append_skips[i] + events - 1];
            select * into repeated, place from {schema}.held(stream_names[s], expected + 1, ids);
        elsif i = any(known) then
            ids := append_ids[i] || more_ids[append_skips[i] + 1 : append_skips[i] + events - 1];
            select h.* into repeated, place
            from {schema}.appends a, {schema}.held(a.stream, a.revision, ids) h
            where a.id = append_ids[i] and a.stream = stream_names[s] and h.last_position is not null
            order by a.revision limit 1;
        end if;

        accepted[i] := repeated is null and (expected = actual or (expected = -2 or expected = -4 and actual >= 0) and (i = any(known)) is not true);
        if accepted[i] then
            first_free := first_free + events;
            stream_heads[s] := actual + events;
            positions[i] := first_free - 1;
            revisions[i] := actual + events;
        else
            positions[i] := coalesce(repeated, 0);
            revisions[i] := coalesce(place, actual);
        end if;
    end loop;

    if first_free > head + 1 then
        perform pg_notify('{schema}_appended', (first_free - 1)::text);
    end if;
end $$;
