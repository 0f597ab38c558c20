using System.Net.Sockets;
using Npgsql;
using NpgsqlTypes;

namespace Commerce.Commands.Payments.Callbacks;

/// <summary>In table <c>commerce.payment_callbacks</c>.</summary>
sealed class PostgresCallbackInbox(NpgsqlDataSource database) : ICallbackInbox
{
    const string Columns = "sequence, provider, id, body, received_at, state, tries, try_at, settled_at, code, detail";

    volatile bool _isMade;

    public async Task<bool> Keep(KeptCallback callback, CancellationToken cancellationToken) => await Execute(
        """
        INSERT INTO commerce.payment_callbacks (provider, id, body, received_at, state, try_at, settled_at, code, detail)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (provider, id) DO NOTHING
        """,
        cancellationToken,
        Value(callback.Provider), Value(callback.Id), Value(callback.Body.ToArray()), Value(callback.ReceivedAt.ToUniversalTime()), Value(WordOf(callback.State)),
        Moment(callback.TryAt), Moment(callback.SettledAt), Text(callback.Code), Text(callback.Detail)).ConfigureAwait(false) == 1;

    public Task<IReadOnlyList<KeptCallback>> Due(DateTimeOffset now, int countMax, CancellationToken cancellationToken) => Read(
        $"SELECT {Columns} FROM commerce.payment_callbacks WHERE state = 'waiting' AND try_at <= $1 ORDER BY try_at LIMIT $2",
        cancellationToken,
        Value(now.ToUniversalTime()), Value(countMax));

    public Task Note(KeptCallback callback, CancellationToken cancellationToken) => Execute(
        """
        UPDATE commerce.payment_callbacks SET state = $3, tries = $4, try_at = $5, settled_at = $6, code = $7, detail = $8
        WHERE provider = $1 AND id = $2 AND state = 'waiting'
        """,
        cancellationToken,
        Value(callback.Provider), Value(callback.Id), Value(WordOf(callback.State)), Value(callback.Tries),
        Moment(callback.TryAt), Moment(callback.SettledAt), Text(callback.Code), Text(callback.Detail));

    public Task<IReadOnlyList<KeptCallback>> List(CallbackState? state, long? before, int countMax, CancellationToken cancellationToken) => Read(
        $"SELECT {Columns} FROM commerce.payment_callbacks WHERE ($1 IS NULL OR state = $1) AND sequence < $2 ORDER BY sequence DESC LIMIT $3",
        cancellationToken,
        Text(state is { } wanted ? WordOf(wanted) : null), Value(before ?? long.MaxValue), Value(countMax));

    public Task<long> CountWaiting(CancellationToken cancellationToken) => Use(
        async () =>
        {
            await using var command = database.CreateCommand("SELECT count(*) FROM commerce.payment_callbacks WHERE state = 'waiting'");
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) is long count ? count : 0;
        },
        cancellationToken);

    public Task<int> Remove(DateTimeOffset settledBefore, int countMax, CancellationToken cancellationToken) => Execute(
        """
        DELETE FROM commerce.payment_callbacks WHERE sequence IN
            (SELECT sequence FROM commerce.payment_callbacks WHERE state <> 'waiting' AND settled_at < $1 ORDER BY settled_at LIMIT $2)
        """,
        cancellationToken,
        Value(settledBefore.ToUniversalTime()), Value(countMax));

    static string WordOf(CallbackState state) => state.ToString().ToLowerInvariant();

    static NpgsqlParameter Value(object value) => new() { Value = value };

    static NpgsqlParameter Text(string? value) => new() { Value = value ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text };

    static NpgsqlParameter Moment(DateTimeOffset? value) => new() { Value = value?.ToUniversalTime() ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz };

    Task<int> Execute(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters) => Use(
        async () =>
        {
            await using var command = database.CreateCommand(sql);
            command.Parameters.AddRange(parameters);
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    Task<IReadOnlyList<KeptCallback>> Read(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters) => Use<IReadOnlyList<KeptCallback>>(
        async () =>
        {
            await using var command = database.CreateCommand(sql);
            command.Parameters.AddRange(parameters);
            await using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            var callbacks = new List<KeptCallback>();
            while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                callbacks.Add(await Row(rows, cancellationToken).ConfigureAwait(false));
            }

            return callbacks;
        },
        cancellationToken);

    static async Task<KeptCallback> Row(NpgsqlDataReader rows, CancellationToken cancellationToken) => new(
        rows.GetString(1), rows.GetString(2), await rows.GetFieldValueAsync<byte[]>(3, cancellationToken).ConfigureAwait(false),
        await rows.GetFieldValueAsync<DateTimeOffset>(4, cancellationToken).ConfigureAwait(false), Enum.Parse<CallbackState>(rows.GetString(5), ignoreCase: true))
    {
        Sequence = rows.GetInt64(0),
        Tries = rows.GetInt32(6),
        TryAt = await MomentOrNull(rows, 7, cancellationToken).ConfigureAwait(false),
        SettledAt = await MomentOrNull(rows, 8, cancellationToken).ConfigureAwait(false),
        Code = await TextOrNull(rows, 9, cancellationToken).ConfigureAwait(false),
        Detail = await TextOrNull(rows, 10, cancellationToken).ConfigureAwait(false),
    };

    static async Task<string?> TextOrNull(NpgsqlDataReader rows, int column, CancellationToken cancellationToken) =>
        await rows.IsDBNullAsync(column, cancellationToken).ConfigureAwait(false) ? null : rows.GetString(column);

    static async Task<DateTimeOffset?> MomentOrNull(NpgsqlDataReader rows, int column, CancellationToken cancellationToken) =>
        await rows.IsDBNullAsync(column, cancellationToken).ConfigureAwait(false) ? null : await rows.GetFieldValueAsync<DateTimeOffset>(column, cancellationToken).ConfigureAwait(false);

    async Task<T> Use<T>(Func<Task<T>> action, CancellationToken cancellationToken)
    {
        try
        {
            if (!_isMade)
            {
                await CallbackSchema.Ensure(database, cancellationToken).ConfigureAwait(false);
                _isMade = true;
            }

            return await action().ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or SocketException or IOException or TimeoutException)
        {
            throw new CallbackInboxUnavailableException(e);
        }
    }
}
