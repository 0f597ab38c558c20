using Commerce.Domain;
using Commerce.Projections.Documents;
using Npgsql;

namespace Commerce.Projections;

/// <summary>Reads and writes <c>sales_lines</c> in bulk.</summary>
/// <param name="database">Where it lies.</param>
/// <param name="facts">Schema that it lies in.</param>
sealed class SalesLinesTable(ReadDatabase database, string facts)
{
    readonly string _insert = $"""
        INSERT INTO {facts}.sales_lines (
            position, line, kind, status, order_id, order_number, reference, sku, name, country, customer,
            quantity, unit_price, amount, currency, occurred_at, occurred_on)
        SELECT position, line, kind, status, order_id, order_number, reference, sku, name, country, customer,
            quantity, unit_price, amount, currency, occurred_at, (occurred_at AT TIME ZONE 'UTC')::date
        FROM unnest($1::bigint[], $2::int[], $3::text[], $4::text[], $5::uuid[], $6::bigint[], $7::text[], $8::text[], $9::text[], $10::text[],
            $11::text[], $12::int[], $13::numeric[], $14::numeric[], $15::text[], $16::timestamptz[])
            AS r (position, line, kind, status, order_id, order_number, reference, sku, name, country, customer,
                quantity, unit_price, amount, currency, occurred_at)
        """;

    readonly string _update = $"""
        UPDATE {facts}.sales_lines AS s SET status = u.status
        FROM unnest($1::uuid[], $2::text[]) AS u (order_id, status)
        WHERE s.order_id = u.order_id AND s.kind = 'sale' AND s.status <> u.status
        """;

    readonly string _change = $"""
        UPDATE {facts}.sales_lines AS s SET status = u.status, quantity = u.quantity, amount = u.amount
        FROM unnest($1::bigint[], $2::int[], $3::text[], $4::int[], $5::numeric[]) AS u (position, line, status, quantity, amount)
        WHERE s.position = u.position AND s.line = u.line
        """;

    readonly string _select = $"""
        SELECT s.order_id, s.line, s.order_number, s.sku, s.name, s.country, s.customer, s.quantity, s.unit_price, s.amount, s.currency, s.occurred_at,
            s.position, (SELECT coalesce(sum(r.quantity), 0)::int FROM {facts}.sales_lines AS r WHERE r.order_id = s.order_id AND r.line = s.line AND r.kind = 'return')
        FROM {facts}.sales_lines AS s WHERE s.order_id = any($1) AND s.kind = 'sale' AND s.status <> 'cancelled'
        """;

    /// <summary>The status of orders whose rows are there already, rows of them that change on their own, and new rows.</summary>
    public void Write(DocumentChanges changes, IReadOnlyList<SalesLine> rows, IReadOnlyDictionary<Guid, string> statuses, IReadOnlyList<SalesLine> changed)
    {
        // First, for an order's status is that of the rows it had.
        if (statuses.Count > 0)
        {
            changes.Execute(new SqlStatement(_update, statuses.Keys.ToArray(), statuses.Values.ToArray()));
        }

        if (changed.Count > 0)
        {
            changes.Execute(new SqlStatement(
                _change, Column(changed, r => r.Position), Column(changed, r => r.Line), Column(changed, r => r.Status), Column(changed, r => r.Quantity), Column(changed, r => r.Amount.Amount)));
        }

        if (rows.Count > 0)
        {
            changes.Execute(new SqlStatement(
                _insert,
                Column(rows, r => r.Position), Column(rows, r => r.Line), Column(rows, r => r.Kind), Column(rows, r => r.Status), Column(rows, r => r.Order),
                Column(rows, r => r.Number), Column(rows, r => r.Reference), Column(rows, r => r.Sku), Column(rows, r => r.Name), Column(rows, r => r.Country),
                Column(rows, r => r.Customer), Column(rows, r => r.Quantity), Column(rows, r => r.UnitPrice.Amount), Column(rows, r => r.Amount.Amount),
                Column(rows, r => r.Amount.Currency.Code), Column(rows, r => r.OccurredAt)));
        }
    }

    /// <summary>The sold lines of these orders.</summary>
    public Task<List<SoldLine>> Load(Guid[] orders, CancellationToken cancellationToken) => database.Use(
        async connection =>
        {
            await using var command = new NpgsqlCommand(_select, connection);
            command.AddAll([orders]);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var lines = new List<SoldLine>();
            while (await reader.ReadAsync(cancellationToken))
            {
                lines.Add(Read(reader));
            }

            return lines;
        },
        cancellationToken);

    static T[] Column<T>(IReadOnlyList<SalesLine> rows, Func<SalesLine, T> value)
    {
        var column = new T[rows.Count];
        for (var n = 0; n < column.Length; n++)
        {
            column[n] = value(rows[n]);
        }

        return column;
    }

    static SoldLine Read(NpgsqlDataReader row)
    {
        var currency = Currency.Of(row.GetString(10));
        return new SoldLine(
            new SalesLine(
                row.GetInt64(12), row.GetInt32(1), SalesLine.Sale, SalesStatus.Sold, row.GetGuid(0), row.GetInt64(2), null, row.GetString(3),
                Text(row, 4), Text(row, 5), Text(row, 6), row.GetInt32(7), new Money(row.GetDecimal(8), currency), new Money(row.GetDecimal(9), currency),
                row.GetFieldValue<DateTimeOffset>(11)),
            row.GetInt32(13));
    }

    static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
