using System.Reflection;
using System.Text.Json.Nodes;
using Commerce.Api.Contract;
using Commerce.Api.Http;
using Commerce.Api.Tests.App;
using Commerce.Domain;
using Commerce.Domain.Catalog;

namespace Commerce.Api.Tests.Contract;

/// <summary>Every code that somebody may be answered stands in the contract, and everything that stands there has a code.</summary>
[TestFixture]
public sealed class RefusalTests : ApiTest
{
    /// <summary>Told by the saga, the payment executor, imports or the log's own tools to each other, and never by an address.</summary>
    static readonly string[] Inside =
    [
        "amount-invalid", "claim-elsewhere", "credit-note-exists", "currency-mismatch", "difference-open", "differences-too-many", "difference-unknown", "erasure-not-requested", "not-allocated", "not-requested", "not-reserved",
        "not-shipped", "order-exists", "over-authorised", "over-captured", "payment-not-due", "reconciliation-date", "reconciliation-overtaken", "reference-invalid", "return-invalid", "sale-exists", "shard-unknown",
    ];

    /// <summary>Of addresses that lead to no operation.</summary>
    static readonly string[] OfNoOperation = [Problems.RouteUnknown.Code, Problems.MethodNotAllowed.Code];

    [Test]
    public async Task Every_operation_says_what_it_refuses()
    {
        var operations = Operations(await Document()).Select(o => o["operationId"]?.ToString() ?? string.Empty);
        Assert.That(operations, Is.EquivalentTo(Refusals.Operations), "Each operation has a line in Commerce.Api/Contract/Refusals.cs.");
    }

    [Test]
    public async Task Every_status_of_a_refusal_comes_with_its_codes()
    {
        var document = await Document();
        var bare =
            from operation in Operations(document)
            from response in operation["responses"]?.AsObject() ?? []
            where response.Key[0] is '4' or '5' && !JsonParts.Resolved(document, response.Value).ToJsonString().Contains("\"enum\"", StringComparison.Ordinal)
            select $"{operation["operationId"]} {response.Key}";
        Assert.That(bare, Is.Empty);
    }

    [Test]
    public async Task Every_rule_that_an_address_may_break_is_in_the_contract()
    {
        var documented = (await Document())["components"]?["examples"]?.AsObject().Select(e => e.Value?["value"]?["code"]?.ToString()).ToHashSet() ?? [];
        var known = RejectionsOfTheDomain().Concat(ProblemsOfTheApi()).Where(c => !OfNoOperation.Contains(c)).ToHashSet();
        Assert.That(known.Where(c => !documented.Contains(c)).Except(Inside), Is.Empty);
        Assert.That(known, Has.Count.GreaterThan(80));
    }

    [Test]
    public async Task What_the_document_does_not_say_is_noticed()
    {
        var documented = await App.Documented.Value;
        Assert.That(() => documented.Demand(HttpMethod.Post, "/orders?x=1", 422, "sold-out"), Throws.TypeOf<AssertionException>().With.Message.Contains("PlaceOrder"));
        Assert.That(() => documented.Demand(HttpMethod.Get, "/analytics/sales", 404, "view-unknown"), Throws.TypeOf<AssertionException>().With.Message.Contains("ReadSales"));
        Assert.That(() => documented.Demand(HttpMethod.Post, "/orders", 422, "product-unknown"), Throws.Nothing);
        Assert.That(() => documented.Demand(HttpMethod.Get, "/nowhere", 404, "route-unknown"), Throws.Nothing);
    }

    static IEnumerable<JsonNode> Operations(JsonNode document) => document["paths"]?.AsObject().SelectMany(p => p.Value?.AsObject() ?? []).Select(o => o.Value).OfType<JsonNode>() ?? [];

    async Task<JsonNode> Document() => JsonNode.Parse((await Get(ApiDocument.Path)).Text) ?? throw new AssertionException("There is no document.");

    static IEnumerable<string> RejectionsOfTheDomain() => typeof(ProductRejections).Assembly.GetTypes()
        .Where(t => t.Name.EndsWith("Rejections", StringComparison.Ordinal))
        .SelectMany(t => t.GetFields(BindingFlags.Public | BindingFlags.Static))
        .Select(f => f.GetValue(null)).OfType<Rejection>().Select(r => r.Code);

    // What gRPC alone answers stands in its own contract.
    static IEnumerable<string> ProblemsOfTheApi() => typeof(Problems).Assembly.GetTypes()
        .Where(t => t.Namespace?.StartsWith("Commerce.Api.Grpc", StringComparison.Ordinal) is not true)
        .SelectMany(t => t.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static))
        .Where(f => f.FieldType == typeof(Problem))
        .Select(f => f.GetValue(null)).OfType<Problem>().Select(p => p.Code);
}
