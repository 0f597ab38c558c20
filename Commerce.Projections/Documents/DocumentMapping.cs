using System.Collections.Frozen;
using System.Text.Json.Serialization.Metadata;

namespace Commerce.Projections.Documents;

/// <summary>A property that is a column too, so that lists can filter and sort by it. Marten calls it a duplicated field.</summary>
/// <param name="Column">Name of the column, snake case of the property.</param>
/// <param name="SqlType">Its type.</param>
/// <param name="Json">Name of the property in the data.</param>
public sealed record DuplicatedField(string Column, string SqlType, string Json);

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
        new(ProjectionsJson.Default.OrderView, "uuid",
            [
                new("number", "bigint", "number"),
                new("status", "varchar", "status"),
                new("customer", "varchar", "customer"),
                new("country", "varchar", "country"),
                new("placed_at", "timestamp with time zone", "placedAt"),
                new("compensating_since", "timestamp with time zone", "compensatingSince"),
            ], []),
        new(ProjectionsJson.Default.PaymentView, "uuid", [], ["order"]),
        new(ProjectionsJson.Default.ProductView, "varchar", [], []),
        new(ProjectionsJson.Default.ReconciliationDifferenceView, "varchar", [], ["date"]),
        new(ProjectionsJson.Default.ReconciliationRunView, "varchar", [], ["date"]),
        new(ProjectionsJson.Default.StockView, "varchar", [], ["sku"]),
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
