using System.Runtime.CompilerServices;
using Commerce.Commands.EventLog;
using Commerce.Commands.EventLog.InMemory;
using Commerce.Domain.Log;
using Commerce.Testing.EventStoreDb;
using Commerce.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using NpgsqlTypes;

namespace Commerce.Testing.Logs;

/// <summary>A log whose engine somebody can write to underneath: to its tables, its server's files, its memory.</summary>
public abstract class TamperedEngine : IAsyncDisposable
{
    /// <summary>Opens an empty one.</summary>
    public static async Task<TamperedEngine> Open(LogEngine engine) => engine switch
    {
        LogEngine.Postgres => new Tables(await PostgresForTests.CreateDatabase()),
        LogEngine.EventStoreDb => new Server(await EventStoreDbEmulator.Start()),
        _ => new Memory(),
    };

    /// <summary>The log, as a process that starts now opens it.</summary>
    public abstract Task<OpenedLog> Log();

    /// <summary>Puts these events, in this order and at these places, where all that was written is.</summary>
    public abstract Task Replace(IReadOnlyList<RecordedEvent> events);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    static async Task<OpenedLog> At(EventLogLocation location)
    {
        var opened = await EventLogs.Open(location, null, TimeProvider.System, NullLoggerFactory.Instance, CancellationToken.None);
        return new(opened.Log, opened);
    }

    sealed class Tables(TestDatabase database) : TamperedEngine
    {
        public override Task<OpenedLog> Log() => At(EventLogLocation.OfPostgres(database.ConnectionString));

        public override async Task Replace(IReadOnlyList<RecordedEvent> events)
        {
            await using var source = NpgsqlDataSource.Create(database.ConnectionString);
            await using var connection = await source.OpenConnectionAsync();
            await using (var command = new NpgsqlCommand("alter table log.appends disable trigger all; truncate log.appends", connection))
                await command.ExecuteNonQueryAsync();

            await using var rows = await connection.BeginBinaryImportAsync("copy log.appends (position, revision, recorded_at, events, id, stream, type, data, metadata) from stdin (format binary)");
            foreach (var e in events)
            {
                await rows.StartRowAsync();
                await rows.WriteAsync(e.Position.Value);
                await rows.WriteAsync(e.Revision);
                await rows.WriteAsync(e.RecordedAt.UtcDateTime);
                await rows.WriteAsync(1);
                await rows.WriteAsync(e.Id);
                await rows.WriteAsync(e.Stream.Value);
                await rows.WriteAsync(e.Type);
                await rows.WriteAsync(e.Data.ToArray(), NpgsqlDbType.Bytea);
                await rows.WriteAsync(e.Metadata.ToArray(), NpgsqlDbType.Bytea);
            }

            await rows.CompleteAsync();
        }

        public override ValueTask DisposeAsync() => database.DisposeAsync();
    }

    sealed class Server(EventStoreDbEmulator emulator) : TamperedEngine
    {
        public override Task<OpenedLog> Log() => At(EventLogLocation.Parse(emulator.ConnectionString));

        public override Task Replace(IReadOnlyList<RecordedEvent> events)
        {
            emulator.Replace(events);
            return Task.CompletedTask;
        }

        public override ValueTask DisposeAsync() => emulator.DisposeAsync();
    }

    sealed class Memory : TamperedEngine
    {
        readonly InMemoryEventLog _log = new(TimeProvider.System);

        public override Task<OpenedLog> Log() => Task.FromResult(new OpenedLog(_log));

        public override Task Replace(IReadOnlyList<RecordedEvent> events)
        {
            var (all, streams) = (AllOf(_log), StreamsOf(_log));
            all.Clear();
            all.AddRange(events);
            streams.Clear();
            foreach (var stream in events.GroupBy(e => e.Stream))
                streams.Add(stream.Key, [.. stream]);

            return Task.CompletedTask;
        }

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_all")]
        static extern ref readonly List<RecordedEvent> AllOf(InMemoryEventLog log);

        [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_streams")]
        static extern ref readonly Dictionary<StreamName, List<RecordedEvent>> StreamsOf(InMemoryEventLog log);
    }
}

/// <summary>A log that is closed with it.</summary>
public sealed record OpenedLog(IEventLog Log, params IReadOnlyList<IAsyncDisposable> Owned) : IAsyncDisposable
{
    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var owned in Owned)
            await owned.DisposeAsync();
    }
}
