using Npgsql;

namespace Commerce.Benchmarks.FlashSales;

/// <summary>A claim as the peers take it, and the bare web server.</summary>
sealed record WantedClaim(string CustomerId, int Quantity);

/// <summary>A claim that was taken.</summary>
sealed record TakenClaim(Guid ClaimId, long Place, string Position);

/// <summary>
/// A flash sale as it is written by hand on PostgreSQL, in both usual ways: a row of the sale with what is left, a row for each claim under
/// a key that makes a repeat fail, and one transaction around both.
/// </summary>
sealed class PeerShop(NpgsqlDataSource database)
{
    const string Schema = """
        CREATE TABLE peer_sales (id int PRIMARY KEY, units int NOT NULL, units_left int NOT NULL CHECK (units_left >= 0));
        CREATE TABLE peer_claims (
            id uuid PRIMARY KEY, sale int NOT NULL REFERENCES peer_sales, place int NOT NULL, customer text NOT NULL, quantity int NOT NULL,
            idempotency_key text NOT NULL UNIQUE, claimed_at timestamptz NOT NULL DEFAULT now(), UNIQUE (sale, place));
        """;

    const string InsertSql = "INSERT INTO peer_claims (id, sale, place, customer, quantity, idempotency_key) VALUES ($1, $2, $3, $4, $5, $6)";

    /// <summary>Makes tables with one sale of so many units.</summary>
    public static async Task Create(string connectionString, int sale, int units, CancellationToken cancellationToken)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var create = database.CreateCommand(Schema);
        await create.ExecuteNonQueryAsync(cancellationToken);
        await using var insert = database.CreateCommand("INSERT INTO peer_sales VALUES ($1, $2, $2)");
        insert.Parameters.Add(new() { Value = sale });
        insert.Parameters.Add(new() { Value = units });
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>What is claimed of a sale by its row, and by its claims.</summary>
    public static async Task<(long BySale, long ByClaims, long Claims)> Sold(string connectionString, int sale, CancellationToken cancellationToken)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var select = database.CreateCommand(
            "SELECT (SELECT (units - units_left)::bigint FROM peer_sales WHERE id = $1), coalesce(sum(quantity), 0)::bigint, count(*) FROM peer_claims WHERE sale = $1");
        select.Parameters.Add(new() { Value = sale });
        await using var reader = await select.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    /// <summary>UPDATE on the condition that enough is left, then INSERT; null: sold out.</summary>
    public async Task<TakenClaim?> ClaimByUpdate(int sale, WantedClaim wanted, string key, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var place = await Ask(connection, "UPDATE peer_sales SET units_left = units_left - $2 WHERE id = $1 AND units_left >= $2 RETURNING units - units_left", cancellationToken, sale, wanted.Quantity);
        return place is int taken ? await Insert(connection, transaction, sale, taken, wanted, key, cancellationToken) : null;
    }

    /// <summary>SELECT … FOR UPDATE, then UPDATE and INSERT; null: sold out.</summary>
    public async Task<TakenClaim?> ClaimByLock(int sale, WantedClaim wanted, string key, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var left = await Ask(connection, "SELECT units_left FROM peer_sales WHERE id = $1 FOR UPDATE", cancellationToken, sale);
        if (left is not int units || units < wanted.Quantity)
        {
            return null;
        }

        var place = await Ask(connection, "UPDATE peer_sales SET units_left = $2 WHERE id = $1 RETURNING units - units_left", cancellationToken, sale, units - wanted.Quantity);
        return place is int taken ? await Insert(connection, transaction, sale, taken, wanted, key, cancellationToken) : null;
    }

    static async Task<TakenClaim> Insert(
        NpgsqlConnection connection, NpgsqlTransaction transaction, int sale, int place, WantedClaim wanted, string key, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        await Ask(connection, InsertSql, cancellationToken, id, sale, place, wanted.CustomerId, wanted.Quantity, key);
        await transaction.CommitAsync(cancellationToken);
        return new(id, place, "0");
    }

    static async Task<object?> Ask(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new() { Value = value });
        }

        return await command.ExecuteScalarAsync(cancellationToken);
    }
}
