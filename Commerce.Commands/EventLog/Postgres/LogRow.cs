using System.Text;
using Commerce.Domain.Log;
using Npgsql;

namespace Commerce.Commands.EventLog.Postgres;

/// <summary>A row of the log's table, an append, as its events.</summary>
static class LogRow
{
    /// <summary>What has to be selected, in this order.</summary>
    public const string Columns =
        "position, revision, recorded_at, events, stream, id, type, data, metadata, array_send(more_ids), array_send(more_types), array_send(more_data), array_send(more_metadata)";

    const int FirstOfMore = 9;

    /// <summary>Adds the row's events to these, in their order. Returns their bytes.</summary>
    public static long Read(NpgsqlDataReader reader, List<RecordedEvent> events)
    {
        var first = new RecordedEvent(
            StreamName.Parse(reader.GetString(4), null),
            reader.GetInt64(1),
            new LogPosition(reader.GetInt64(0)),
            reader.GetGuid(5),
            reader.GetString(6),
            reader.GetFieldValue<byte[]>(7),
            reader.GetFieldValue<byte[]>(8),
            new DateTimeOffset(reader.GetDateTime(2)));
        events.Add(first);
        var count = reader.GetInt32(3);
        return SizeOf(first) + (count == 1 ? 0 : ReadMore(reader, first, count, events));
    }

    static long ReadMore(NpgsqlDataReader reader, RecordedEvent first, int count, List<RecordedEvent> events)
    {
        using var ids = SentArray.Take(reader, FirstOfMore);
        using var types = SentArray.Take(reader, FirstOfMore + 1);
        using var data = SentArray.Take(reader, FirstOfMore + 2);
        using var metadata = SentArray.Take(reader, FirstOfMore + 3);
        var eachId = ids.GetEnumerator();
        var eachType = types.GetEnumerator();
        var eachData = data.GetEnumerator();
        var eachMetadata = metadata.GetEnumerator();
        var (bytes, type) = (0L, first.Type);
        ReadOnlySpan<byte> typeBytes = [];
        for (var n = 1; n < count; n++)
        {
            if (!eachId.MoveNext() || !eachType.MoveNext() || !eachData.MoveNext() || !eachMetadata.MoveNext())
                throw new InvalidOperationException($"The append at position {first.Position} has events of which a part is missing.");

            // Most events of an append are of one type.
            if (!eachType.Current.SequenceEqual(typeBytes))
            {
                typeBytes = eachType.Current;
                type = Encoding.UTF8.GetString(typeBytes);
            }

            var more = new RecordedEvent(
                first.Stream, first.Revision + n, new LogPosition(first.Position.Value + n), new Guid(eachId.Current, bigEndian: true), type, eachData.Current.ToArray(), eachMetadata.Current.ToArray(), first.RecordedAt);
            events.Add(more);
            bytes += SizeOf(more);
        }

        return bytes;
    }

    static int SizeOf(RecordedEvent e) => e.Data.Length + e.Metadata.Length;
}
