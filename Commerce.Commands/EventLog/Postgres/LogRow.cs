using Commerce.Domain.Log;
using Npgsql;

namespace Commerce.Commands.EventLog.Postgres;

/// <summary>A row of the log's table, an append, as its events.</summary>
static class LogRow
{
    /// <summary>What has to be selected, in this order.</summary>
    public const string Columns = "position, revision, recorded_at, events, stream, id, type, data, metadata, more_ids, more_types, more_data, more_metadata";

    const int FirstOfMore = 9;

    /// <summary>Adds the row's events to these, in their order. Returns their bytes.</summary>
    public static long Read(NpgsqlDataReader reader, List<RecordedEvent> events)
    {
        var position = reader.GetInt64(0);
        var revision = reader.GetInt64(1);
        var recordedAt = new DateTimeOffset(reader.GetDateTime(2));
        var count = reader.GetInt32(3);
        var stream = StreamName.Parse(reader.GetString(4), null);
        var bytes = 0L;
        Add(0, reader.GetGuid(5), reader.GetString(6), reader.GetFieldValue<byte[]>(7), reader.GetFieldValue<byte[]>(8));
        if (count == 1)
            return bytes;

        var ids = reader.GetFieldValue<Guid[]>(FirstOfMore);
        var types = reader.GetFieldValue<string[]>(FirstOfMore + 1);
        var data = reader.GetFieldValue<byte[][]>(FirstOfMore + 2);
        var metadata = reader.GetFieldValue<byte[][]>(FirstOfMore + 3);
        for (var n = 1; n < count; n++)
            Add(n, ids[n - 1], types[n - 1], data[n - 1], metadata[n - 1]);

        return bytes;

        void Add(int n, Guid id, string type, byte[] data, byte[] metadata)
        {
            events.Add(new RecordedEvent(stream, revision + n, new LogPosition(position + n), id, type, data, metadata, recordedAt));
            bytes += data.Length + metadata.Length;
        }
    }
}
