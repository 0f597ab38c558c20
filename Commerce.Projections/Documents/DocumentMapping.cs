using System.Collections.Frozen;
using System.Text.Json.Serialization.Metadata;
using Npgsql;
using NpgsqlTypes;

namespace Commerce.Projections.Documents;

/// <summary>A property that is a column too, so that lists can filter and sort by it. Marten calls it a duplicated field.</summary>
/// <param name="Column">Name of the column, snake case of the property.</param>
/// <param name="SqlType">Its type.</param>
/// <param name="Json">Name of the property in the data.</param>
public abstract record DuplicatedField(string Column, string SqlType, string Json)
{
    /// <summary>Writes a document's value as the next column of a row.</summary>
    internal abstract Task Write(NpgsqlBinaryImporter copy, object document, CancellationToken cancellationToken);

    /// <summary>A field with its value.</summary>
    internal sealed record Of<T, TValue>(string Column, string SqlType, string Json, NpgsqlDbType DbType, Func<T, TValue> Value) : DuplicatedField(Column, SqlType, Json)
    {
        internal override Task Write(NpgsqlBinaryImporter copy, object document, CancellationToken cancellationToken) =>
            Value((T)document) is { } value ? copy.WriteAsync(value, DbType, cancellationToken) : copy.WriteNullAsync(cancellationToken);
    }
}

/// <summary>How a document type lies in its table.</summary>
/// <param name="Json">Its JSON.</param>
/// <param name="IdSqlType">Type of the id: uuid or varchar.</param>
/// <param name="Duplicated">Properties that are columns too, each with an index.</param>
/// <param name="Indexed">Properties with an index on the data, by their name in the data.</param>
public sealed record DocumentMapping(
    JsonTypeInfo Json, string IdSqlType, IReadOnlyList<DuplicatedField> Duplicated, IReadOnlyList<string> Indexed)
{
    static readonly FrozenDictionary<Type, DocumentMapping> ByType = new DocumentMapping[]
    {
        new(ProjectionsJson.Default.CustomerView, "varchar", [], []),
        new(ProjectionsJson.Default.FlashSaleClaimView, "uuid", [], []),
        new(ProjectionsJson.Default.FlashSaleView, "uuid", [], []),
        new(ProjectionsJson.Default.LinkView, "varchar", [], []),
        new(ProjectionsJson.Default.OrderView, "uuid",
            [
                new DuplicatedField.Of<OrderView, long>("number", "bigint", "number", NpgsqlDbType.Bigint, o => o.Number),
                new DuplicatedField.Of<OrderView, string>("status", "varchar", "status", NpgsqlDbType.Varchar, o => o.Status.ToString()),
                new DuplicatedField.Of<OrderView, string?>("customer", "varchar", "customer", NpgsqlDbType.Varchar, o => o.Customer),
                new DuplicatedField.Of<OrderView, string?>("country", "varchar", "country", NpgsqlDbType.Varchar, o => o.Country),
                new DuplicatedField.Of<OrderView, DateTimeOffset?>("placed_at", "timestamp with time zone", "placedAt", NpgsqlDbType.TimestampTz, o => o.PlacedAt),
                new DuplicatedField.Of<OrderView, DateTimeOffset?>("compensating_since", "timestamp with time zone", "compensatingSince", NpgsqlDbType.TimestampTz, o => o.CompensatingSince),
            ], []),
        new(ProjectionsJson.Default.PaymentView, "uuid", [], ["order"]),
        new(ProjectionsJson.Default.ProductView, "varchar", [], []),
        new(ProjectionsJson.Default.ReconciliationDifferenceView, "varchar", [], ["date"]),
        new(ProjectionsJson.Default.ReconciliationRunView, "varchar", [], ["date"]),
        new(ProjectionsJson.Default.StockView, "varchar", [], ["sku"]),
        new(ProjectionsJson.Default.WebhookView, "uuid", [], []),
    }.ToFrozenDictionary(m => m.Json.Type);

    /// <summary>Every document type.</summary>
    public static IEnumerable<DocumentMapping> All => ByType.Values;

    /// <summary>Table without schema: <c>mt_doc_</c> and the class name in lower case.</summary>
    public string Table { get; } = $"mt_doc_{Json.Type.Name.ToLowerInvariant()}";

    /// <summary>What the column <c>mt_dotnet_type</c> says.</summary>
    public string DotnetType { get; } = Json.Type.FullName ?? Json.Type.Name;

    /// <summary>The mapping of a type.</summary>
    /// <exception cref="KeyNotFoundException">Not a document type.</exception>
    public static DocumentMapping Of(Type type) => ByType[type];
}
