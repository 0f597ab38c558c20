using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Domain;
using Npgsql;
using NpgsqlTypes;

namespace Commerce.Commands.Importing;

/// <summary>The import's memory in PostgreSQL, schema <c>commerce</c>. All of it runs on one session that also holds the lock against a second import: losing one loses both.</summary>
public sealed class PostgresImportStore : IImportStore, IAsyncDisposable
{
    // An import that was killed leaves its session to the server, which notices within moments.
    static readonly TimeSpan LockWaitMax = TimeSpan.FromSeconds(10);

    // Any number that no other advisory lock of this database has; it spells 'import'.
    const long LockKey = 0x69_6D_70_6F_72_74;

    const string Schema = """
        create schema if not exists commerce;
        create table if not exists commerce.import_files (
            sha256 text primary key, name text not null, bytes bigint not null,
            next_offset bigint not null, next_line bigint not null, is_done boolean not null, figures jsonb not null);
        create table if not exists commerce.import_invoices (
            invoice text primary key, sha256 text not null references commerce.import_files, line bigint not null);
        create table if not exists commerce.import_sales (
            order_id uuid not null, line int not null, number bigint not null, customer text not null, sku text not null,
            unit_price numeric not null, quantity int not null, returned int not null, sold_at timestamptz not null,
            primary key (order_id, line));
        create index if not exists import_sales_open on commerce.import_sales (customer, sku);
        create table if not exists commerce.import_rejected (
            sha256 text not null references commerce.import_files, line bigint not null, reason text not null, lines bigint not null,
            primary key (sha256, line));
        create table if not exists commerce.import_open (
            is_only boolean primary key default true check (is_only),
            sha256 text not null, name text not null, chunk_offset bigint not null, chunk_lines int not null);
        comment on table commerce.import_open is 'The chunk that is being appended; one at most.';
        comment on table commerce.import_files is 'How far each imported file is, by its content.';
        comment on table commerce.import_invoices is 'Invoices that are imported, and where each begins.';
        comment on table commerce.import_sales is 'Lines sold to known customers, for matching later cancellations.';
        comment on table commerce.import_rejected is 'Lines that were not imported, and why.';
        """;

    readonly NpgsqlConnection _connection;

    PostgresImportStore(NpgsqlConnection connection) => _connection = connection;

    /// <summary>Takes hold of the import's memory, and makes its tables where they are missing.</summary>
    /// <exception cref="ImportException">Another import is running.</exception>
    public static Task<PostgresImportStore> Open(NpgsqlDataSource database, CancellationToken cancellationToken) => Open(database, LockWaitMax, cancellationToken);

    internal static async Task<PostgresImportStore> Open(NpgsqlDataSource database, TimeSpan lockWaitMax, CancellationToken cancellationToken)
    {
        var connection = await database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await Execute(connection, $"set lock_timeout = {(int)lockWaitMax.TotalMilliseconds}; select pg_advisory_lock({LockKey}); set lock_timeout = 0; set client_min_messages = warning;", cancellationToken).ConfigureAwait(false);
            await Execute(connection, Schema, cancellationToken).ConfigureAwait(false);
            return new PostgresImportStore(connection);
        }
        catch (Exception e)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw e is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable } ? new ImportException("Another import is running.") : e;
        }
    }

    /// <inheritdoc/>
    public async Task<FileProgress> Progress(ImportFile file, CancellationToken cancellationToken)
    {
        await using var command = Command("select next_offset, next_line, is_done, figures::text from commerce.import_files where sha256 = $1", new NpgsqlParameter { Value = file.Sha256 });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
            ? new(reader.GetInt64(0), reader.GetInt64(1), reader.GetBoolean(2), Figures(reader.GetString(3)))
            : FileProgress.None;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<string, string>> KnownInvoices(IReadOnlyCollection<string> invoices, CancellationToken cancellationToken)
    {
        await using var command = Command(
            "select invoice, format('%s, line %s', f.name, i.line) from commerce.import_invoices i join commerce.import_files f using (sha256) where invoice = any($1)",
            new NpgsqlParameter { Value = invoices.ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var known = new Dictionary<string, string>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            known[reader.GetString(0)] = reader.GetString(1);
        }

        return known;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SaleLine>> OpenSales(IReadOnlyCollection<(CustomerId Customer, Sku Sku)> wanted, CancellationToken cancellationToken)
    {
        await using var command = Command(
            """
            select order_id, line, number, customer, sku, unit_price, quantity, returned, sold_at
            from unnest($1, $2) w (customer, sku) join commerce.import_sales using (customer, sku) where returned < quantity
            """,
            new NpgsqlParameter { Value = wanted.Select(w => w.Customer.Value).ToArray() },
            new NpgsqlParameter { Value = wanted.Select(w => w.Sku.Value).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var sales = new List<SaleLine>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            sales.Add(new SaleLine(
                new OrderId(reader.GetGuid(0)), reader.GetInt32(1), reader.GetInt64(2), CustomerId.Of(reader.GetString(3)), Sku.Of(reader.GetString(4)),
                reader.GetDecimal(5), reader.GetInt32(6), reader.GetInt32(7), reader.GetFieldValue<DateTimeOffset>(8)));
        }

        return sales;
    }

    /// <inheritdoc/>
    public async Task<OpenChunk?> Interrupted(CancellationToken cancellationToken)
    {
        await using var command = Command("select sha256, name, chunk_offset, chunk_lines from commerce.import_open");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false)
            ? new(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt32(3))
            : null;
    }

    /// <inheritdoc/>
    public async Task Begin(OpenChunk chunk, CancellationToken cancellationToken)
    {
        await using var command = Command(
            """
            insert into commerce.import_open (sha256, name, chunk_offset, chunk_lines) values ($1, $2, $3, $4)
            on conflict (is_only) do update
            set sha256 = excluded.sha256, name = excluded.name, chunk_offset = excluded.chunk_offset, chunk_lines = excluded.chunk_lines
            """,
            new() { Value = chunk.Sha256 },
            new() { Value = chunk.Name },
            new() { Value = chunk.Offset },
            new() { Value = chunk.ChunkLines });
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task Remember(ChunkRecord chunk, CancellationToken cancellationToken)
    {
        await using var transaction = await _connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using var batch = new NpgsqlBatch(_connection, transaction)
        {
            BatchCommands = { File(chunk), Invoices(chunk), Sales(chunk), Rejections(chunk), new("delete from commerce.import_open") },
        };
        await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RejectedLine> Rejected(ImportFile file, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var command = Command("select line, reason, lines from commerce.import_rejected where sha256 = $1 order by line", new NpgsqlParameter { Value = file.Sha256 });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return new RejectedLine(reader.GetInt64(0), reader.GetString(1), reader.GetInt64(2));
        }
    }

    /// <summary>Lets the next import in.</summary>
    public async ValueTask DisposeAsync()
    {
        // The pool would keep the session, and with it the lock.
        if (_connection.State == System.Data.ConnectionState.Open)
        {
            await Execute(_connection, $"select pg_advisory_unlock({LockKey})", CancellationToken.None).ConfigureAwait(false);
        }

        await _connection.DisposeAsync().ConfigureAwait(false);
    }

    static NpgsqlBatchCommand File(ChunkRecord chunk) => BatchCommand(
        """
        insert into commerce.import_files (sha256, name, bytes, next_offset, next_line, is_done, figures) values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (sha256) do update set next_offset = excluded.next_offset, next_line = excluded.next_line, is_done = excluded.is_done, figures = excluded.figures
        """,
        new() { Value = chunk.File.Sha256 },
        new() { Value = chunk.File.Name },
        new() { Value = chunk.File.Bytes },
        new() { Value = chunk.After.NextOffset },
        new() { Value = chunk.After.NextLine },
        new() { Value = chunk.After.IsDone },
        new() { Value = JsonSerializer.Serialize(chunk.After.Figures, ImportJson.Default.ImportFigures), NpgsqlDbType = NpgsqlDbType.Jsonb });

    static NpgsqlBatchCommand Invoices(ChunkRecord chunk) => BatchCommand(
        "insert into commerce.import_invoices (invoice, line, sha256) select i, l, $3 from unnest($1, $2) t (i, l)",
        new() { Value = chunk.Invoices.Keys.ToArray() },
        new() { Value = chunk.Invoices.Values.ToArray() },
        new() { Value = chunk.File.Sha256 });

    static NpgsqlBatchCommand Sales(ChunkRecord chunk) => BatchCommand(
        """
        insert into commerce.import_sales (order_id, line, number, customer, sku, unit_price, quantity, returned, sold_at)
        select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
        on conflict (order_id, line) do update set returned = excluded.returned
        """,
        new() { Value = chunk.Sales.Select(s => s.Order.Value).ToArray() },
        new() { Value = chunk.Sales.Select(s => s.Line).ToArray() },
        new() { Value = chunk.Sales.Select(s => s.Number).ToArray() },
        new() { Value = chunk.Sales.Select(s => s.Customer.Value).ToArray() },
        new() { Value = chunk.Sales.Select(s => s.Sku.Value).ToArray() },
        new() { Value = chunk.Sales.Select(s => s.UnitPrice).ToArray() },
        new() { Value = chunk.Sales.Select(s => s.Quantity).ToArray() },
        new() { Value = chunk.Sales.Select(s => s.Returned).ToArray() },
        new() { Value = chunk.Sales.Select(s => s.At).ToArray() });

    static NpgsqlBatchCommand Rejections(ChunkRecord chunk) => BatchCommand(
        "insert into commerce.import_rejected (sha256, line, reason, lines) select $4, * from unnest($1, $2, $3)",
        new() { Value = chunk.Rejected.Select(r => r.Line).ToArray() },
        new() { Value = chunk.Rejected.Select(r => r.Reason).ToArray() },
        new() { Value = chunk.Rejected.Select(r => r.Lines).ToArray() },
        new() { Value = chunk.File.Sha256 });

    static NpgsqlBatchCommand BatchCommand(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        return command;
    }

    static ImportFigures Figures(string json) =>
        JsonSerializer.Deserialize(json, ImportJson.Default.ImportFigures) ?? throw new JsonException("No figures.");

    static async Task Execute(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    NpgsqlCommand Command(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlCommand(sql, _connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        return command;
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(ImportFigures))]
sealed partial class ImportJson : JsonSerializerContext;
