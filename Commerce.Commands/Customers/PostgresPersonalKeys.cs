using System.Net.Sockets;
using System.Security.Cryptography;
using Commerce.Domain;
using Npgsql;
using NpgsqlTypes;

namespace Commerce.Commands.Customers;

/// <summary>Customers' keys in table <c>commerce.personal_keys</c>.</summary>
/// <param name="database">Where the table is.</param>
/// <param name="masters">What they are stored with, asked for when it is needed first; null: none is configured, so keys can be destroyed, and neither made nor read.</param>
public sealed class PostgresPersonalKeys(NpgsqlDataSource database, Lazy<MasterKeys?> masters) : IPersonalKeys
{
    volatile bool _isMade;

    MasterKeys Masters => masters.Value ?? throw new PersonalKeysUnavailableException("No master key for personal data is configured: set Commerce:PersonalData:MasterKey.");

    /// <inheritdoc/>
    public async Task<FoundKey> FindOrMake(CustomerId customer, CancellationToken cancellationToken)
    {
        var secret = RandomNumberGenerator.GetBytes(PersonalKey.SecretBytes);
        var wrapped = Masters.Wrap(customer, secret);
        var isMade = await Execute(
            "INSERT INTO commerce.personal_keys (customer_id, master_key, wrapped) VALUES ($1, $2, $3) ON CONFLICT (customer_id) DO NOTHING",
            cancellationToken,
            Value(customer.Value), Value(wrapped.MasterKey), Value(wrapped.Bytes)).ConfigureAwait(false) == 1;
        return isMade ? new FoundKey.Held(new(secret)) : await Find(customer, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<FoundKey> Find(CustomerId customer, CancellationToken cancellationToken) => Use<FoundKey>(
        async () =>
        {
            await using var command = Command("SELECT master_key, wrapped FROM commerce.personal_keys WHERE customer_id = $1", Value(customer.Value));
            await using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            if (!await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                return new FoundKey.Missing();
            }

            return await rows.IsDBNullAsync(1, cancellationToken).ConfigureAwait(false)
                ? new FoundKey.Destroyed()
                : new FoundKey.Held(new(Masters.Unwrap(customer, new(rows.GetString(0), await rows.GetFieldValueAsync<byte[]>(1, cancellationToken).ConfigureAwait(false)))));
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task Destroy(CustomerId customer, CancellationToken cancellationToken) => Execute(
        """
        INSERT INTO commerce.personal_keys AS k (customer_id, destroyed_at) VALUES ($1, clock_timestamp())
        ON CONFLICT (customer_id) DO UPDATE SET master_key = NULL, wrapped = NULL, destroyed_at = clock_timestamp() WHERE k.destroyed_at IS NULL
        """,
        cancellationToken,
        Value(customer.Value));

    /// <inheritdoc/>
    public Task<IReadOnlyList<DestroyedKey>> Destroyed(DateTimeOffset since, int countMax, CancellationToken cancellationToken) => Use<IReadOnlyList<DestroyedKey>>(
        async () =>
        {
            await using var command = Command(
                "SELECT customer_id, destroyed_at FROM commerce.personal_keys WHERE destroyed_at >= $1 ORDER BY destroyed_at DESC LIMIT $2", Value(since.ToUniversalTime()), Value(countMax));
            await using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            var destroyed = new List<DestroyedKey>();
            while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                destroyed.Add(new(CustomerId.Of(rows.GetString(0)), await rows.GetFieldValueAsync<DateTimeOffset>(1, cancellationToken).ConfigureAwait(false)));
            }

            return destroyed;
        },
        cancellationToken);

    /// <inheritdoc/>
    public async Task<int> Rewrap(int countMax, CancellationToken cancellationToken)
    {
        var old = await OldKeys(countMax, cancellationToken).ConfigureAwait(false);
        foreach (var (customer, key) in old)
        {
            // Only where it is as it was read: a key that was destroyed meanwhile does not come back.
            var anew = Masters.Wrap(customer, Masters.Unwrap(customer, key));
            await Execute(
                "UPDATE commerce.personal_keys SET master_key = $2, wrapped = $3 WHERE customer_id = $1 AND wrapped = $4",
                cancellationToken,
                Value(customer.Value), Value(anew.MasterKey), Value(anew.Bytes), Value(key.Bytes)).ConfigureAwait(false);
        }

        return old.Count;
    }

    Task<IReadOnlyList<(CustomerId Customer, WrappedKey Key)>> OldKeys(int countMax, CancellationToken cancellationToken) => Use<IReadOnlyList<(CustomerId, WrappedKey)>>(
        async () =>
        {
            await using var command = Command("SELECT customer_id, master_key, wrapped FROM commerce.personal_keys WHERE master_key <> $1 LIMIT $2", Value(Masters.CurrentId), Value(countMax));
            await using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            var keys = new List<(CustomerId, WrappedKey)>();
            while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                keys.Add((CustomerId.Of(rows.GetString(0)), new(rows.GetString(1), await rows.GetFieldValueAsync<byte[]>(2, cancellationToken).ConfigureAwait(false))));
            }

            return keys;
        },
        cancellationToken);

    static NpgsqlParameter Value(object value) => value is DateTimeOffset
        ? new() { Value = value, NpgsqlDbType = NpgsqlDbType.TimestampTz }
        : new() { Value = value };

    NpgsqlCommand Command(string sql, params NpgsqlParameter[] parameters)
    {
        var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        return command;
    }

    Task<int> Execute(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters) => Use(
        async () =>
        {
            await using var command = Command(sql, parameters);
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    async Task<T> Use<T>(Func<Task<T>> action, CancellationToken cancellationToken)
    {
        try
        {
            if (!_isMade)
            {
                await PersonalKeySchema.Ensure(database, cancellationToken).ConfigureAwait(false);
                _isMade = true;
            }

            return await action().ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or SocketException or IOException or TimeoutException)
        {
            throw new PersonalKeysUnavailableException("The database of personal keys does not answer.", e);
        }
    }
}
