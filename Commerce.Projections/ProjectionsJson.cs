using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commerce.Projections;

/// <summary>JSON of the documents: camel case, enums by name, nulls written, money as <c>{"amount":"12.50","currency":"GBP"}</c>.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(CustomerView))]
[JsonSerializable(typeof(FlashSaleClaimView))]
[JsonSerializable(typeof(FlashSaleView))]
[JsonSerializable(typeof(LinkView))]
[JsonSerializable(typeof(OrderView))]
[JsonSerializable(typeof(PaymentView))]
[JsonSerializable(typeof(ProductView))]
[JsonSerializable(typeof(ReconciliationDifferenceView))]
[JsonSerializable(typeof(ReconciliationRunView))]
[JsonSerializable(typeof(StockView))]
[JsonSerializable(typeof(WebhookView))]
public sealed partial class ProjectionsJson : JsonSerializerContext;
