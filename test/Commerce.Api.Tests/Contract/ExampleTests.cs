using System.Text.Json.Nodes;
using Commerce.Api.Contract;
using Commerce.Api.Http;
using Commerce.Api.Tests.App;
using Commerce.Commands.Payments.Callbacks;

namespace Commerce.Api.Tests.Contract;

/// <summary>
/// The examples of the document are real: each request is taken by the API, one after the other as the story goes, and each answer looks like
/// its example. (Whether they are as their schemas say, the linter looks.)
/// </summary>
[TestFixture]
public sealed class ExampleTests : ApiTest
{
    /// <summary>They want a failure, a callback, a receiver or a run against the statement first: fixtures of their own make those.</summary>
    static readonly string[] OfOtherStories =
    [
        "GetDeadLetter", "ListDeadLetters", "ListCallbacks", "ListReconciliations", "GetReconciliation", "TakePaymentCallback",
        "CreateWebhook", "ListWebhooks", "GetWebhook", "DeleteWebhook", "DisableWebhook", "EnableWebhook", "ListWebhookDeliveries", "ReplayWebhookDelivery",
    ];

    /// <summary>They would stop what other tests read: here they are asked of somebody who is not there.</summary>
    static readonly (string Operation, string Refusal)[] OfNobody =
    [
        ("ReplayDeadLetter", "dead-letter-unknown"), ("DiscardDeadLetter", "dead-letter-unknown"),
        ("ChangeWebhook", "webhook-unknown"), ("RotateWebhookKey", "webhook-unknown"), ("ReplayWebhook", "webhook-unknown"),
        .. new[] { "SkipProjectionEvent", "RetryProjection", "RebuildProjection", "PauseProjection", "ResumeProjection", "DropReplacedProjection" }.Select(o => (o, "projection-unknown")),
    ];

    readonly HashSet<string> _played = [];

    JsonNode Document { get; set; } = new JsonObject();

    [OneTimeSetUp]
    public async Task Read() => Document = JsonNode.Parse((await Get(ApiDocument.Path)).Text) ?? throw new AssertionException("There is no document.");

    [Test]
    public async Task The_requests_of_the_document_are_taken_and_the_answers_look_like_its_examples()
    {
        var (sku, other) = (New("EXAMPLE"), await Product());
        await Play("GetLive");
        await Play("GetReady");
        var customer = await Play("RegisterCustomer");
        var id = customer.Field("customerId");
        await Play("ChangeCustomerAddress", ("id", id));
        await Play("CorrectCustomerContact", ("id", id));
        await Play("GetCustomer", ("id", id));

        await Play("RegisterProduct", ("MUG-1", sku));
        await Play("ChangePrice", ("sku", sku));
        await Play("DiscontinueProduct", ("sku", other));
        await Play("ReceiveStock", ("sku", sku));
        await Play("WriteOffStock", ("sku", sku));
        await Play("GetProduct", ("sku", sku));
        await Play("ListProducts");
        await Play("GetStock", ("sku", sku));

        var order = (await Play("PlaceOrder", ("MUG-1", sku))).Field("orderId");
        var confirmed = await Until($"/orders/{order}", "confirmed");
        var cancelled = (await Post("/orders", OrderOf(sku))).Field("orderId");
        await Until($"/orders/{cancelled}", "confirmed");
        await Play("GetOrder", ("id", order));

        // By SKU orders are found through the sales, another read model.
        await Until($"/orders?sku={sku}&limit=1", null, both => both.Json.TryGetProperty("next", out _));
        await Play("ListOrders", ("?", $"sku={sku}&limit=1"));
        await Play("GetPayment", ("id", confirmed.Json.GetProperty("payment").GetProperty("paymentId").ToString()));
        await Play("CancelOrder", ("id", cancelled));
        await Play("ShipOrder", ("id", order));
        await Play("ReturnOrder", ("id", order));
        await Play("CancelRest", ("id", order));

        var sale = (await Play("AnnounceFlashSale", ("MUG-1", sku))).Field("saleId");
        var claim = (await Play("ClaimUnits", ("id", sale))).Field("claimId");
        await Play("PayClaim", ("id", sale), ("claim", claim));
        await Play("GetClaim", ("id", sale), ("claim", claim));
        await Play("GetFlashSale", ("id", sale));
        await Play("ListFlashSales");
        await Play("CloseFlashSale", ("id", sale));

        await Play("ReadStream", ("stream", $"order-{order}"), ("?", "limit=2"));
        await Play("ReadPastState", ("stream", $"stock-{sku}@main"));
        await Play("ComparePastStates", ("stream", $"stock-{sku}@main"), ("?", "from=revision:0&to=revision:1"));
        var placed = (await Get($"/audit/streams/order-{order}?limit=1")).Json.GetProperty("events")[0].GetProperty("metadata");
        await Play("SearchEvents", ("?", $"type=order-placed.v1&limit=1&correlationId={placed.GetProperty("$correlationId")}"));
        await Play("ReadTimeline", ("id", order), ("?", "limit=2"));
        await Play("ListProjections");
        var link = await Play("CreateLink", ("567dcb1e-fde9-590a-9b02-0d307e097f67", order));
        await Play("GetLink", ("code", link.Field("code")));
        await Play("EraseCustomer", ("id", id));

        var key = (await Play("CreateKey", ("shop", New("shop")))).Field("id");
        await Play("ListKeys");
        await Play("RotateKey", ("id", key));
        await Play("RevokeKey", ("id", key));

        Assert.That(_played, Is.EquivalentTo(DocumentedExamples.Operations.Except(OfOtherStories).Except(OfNobody.Select(o => o.Operation))), "Every example is played.");
    }

    [TestCaseSource(nameof(OfNobody))]
    public async Task A_request_about_nobody_is_understood((string Operation, string Refusal) asked)
    {
        var reply = await Ask(asked.Operation, ("name", "nobody"), ("id", Guid.NewGuid().ToString()));
        Assert.That(reply.Refusal, Is.EqualTo((404, asked.Refusal)), reply.Text);
    }

    [Test]
    public void The_callback_of_the_document_is_one_that_is_understood() =>
        Assert.That(ProviderCallback.TryRead(System.Text.Encoding.UTF8.GetBytes(DocumentedExamples.Request("TakePaymentCallback")?.ToJsonString() ?? string.Empty), out _), Is.True);

    [Test]
    public void Every_operation_that_takes_or_answers_JSON_has_an_example()
    {
        var lacking =
            from operation in Operations()
            let parts = new[] { operation.Value["requestBody"] }.Concat((operation.Value["responses"]?.AsObject() ?? []).Where(r => r.Key[0] == '2').Select(r => r.Value))
            from part in parts
            let json = part?["content"]?["application/json"]
            where json?["schema"] is not null && json["example"] is null
            select operation.Key;
        Assert.That(lacking, Is.Empty);
    }

    async Task<Reply> Play(string operation, params (string Name, string Value)[] parts)
    {
        _played.Add(operation);
        var reply = await Ask(operation, parts);
        Assert.That(reply.Status, Is.AnyOf(200, 201), $"{operation}: {reply.Text}");
        Assert.That(Unlike(DocumentedExamples.Answer(operation), JsonNode.Parse(reply.Text), operation), Is.Empty, reply.Text);
        Assert.That(Operation(operation).Value["responses"]?[$"{reply.Status}"]?["headers"]?.AsObject().Select(h => h.Key).Where(h => h != CommerceHeaders.IdempotencyReplayed && reply.Header(h) is null) ?? [], Is.Empty, operation);
        return reply;
    }

    // A part is a variable of the path, the query where it is called "?", and else a word of the example in place of which another one stands.
    async Task<Reply> Ask(string operation, params (string Name, string Value)[] parts)
    {
        var (path, method, _) = Operation(operation);
        var body = DocumentedExamples.Request(operation)?.ToJsonString();
        foreach (var (name, value) in parts)
        {
            path = path.Replace($"{{{name}}}", value, StringComparison.Ordinal);
            body = body?.Replace($"\"{name}\"", $"\"{value}\"", StringComparison.Ordinal);
        }

        path += parts.Where(p => p.Name == "?").Select(p => $"?{p.Value}").FirstOrDefault();
        body = operation == "AnnounceFlashSale" ? Today(body) : body;
        var waits = _last is { } position && method == HttpMethod.Get ? new[] { ("Commerce-Min-Position", position) } : [];
        var reply = await Send(method, path, body, method == HttpMethod.Get ? waits : [Key(New("example"))]);
        _last = reply.Header(CommerceHeaders.Position) ?? _last;
        return reply;
    }

    string? _last;

    // The day of the examples is over.
    static string? Today(string? announcement)
    {
        var body = JsonNode.Parse(announcement ?? string.Empty) ?? throw new AssertionException("The example is none.");
        var now = DateTimeOffset.UtcNow;
        (body["opens"], body["closes"]) = (now.ToString("O"), now.AddHours(1).ToString("O"));
        return body.ToJsonString();
    }

    // Each field of the example is in the answer, and of the same kind; of a list, its first item.
    static IEnumerable<string> Unlike(JsonNode? example, JsonNode? answer, string at) => (example, answer) switch
    {
        (null, _) => [],
        (JsonObject e, JsonObject a) => e.SelectMany(field => Unlike(field.Value, a[field.Key], $"{at}.{field.Key}")),
        (JsonArray { Count: > 0 } e, JsonArray { Count: > 0 } a) => Unlike(e[0], a[0], $"{at}[0]"),
        _ => example.GetValueKind() == answer?.GetValueKind() || (IsFlag(example) && IsFlag(answer)) ? [] : [$"{at} is {answer?.ToJsonString() ?? "missing"}"],
    };

    static bool IsFlag(JsonNode? value) => value?.GetValueKind() is System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False;

    (string Path, HttpMethod Method, JsonNode Value) Operation(string name) => AllOperations().Single(o => o.Value["operationId"]?.ToString() == name);

    IEnumerable<KeyValuePair<string, JsonNode>> Operations() => AllOperations().Select(o => KeyValuePair.Create(o.Value["operationId"]?.ToString() ?? string.Empty, o.Value));

    IEnumerable<(string Path, HttpMethod Method, JsonNode Value)> AllOperations() =>
        from path in Document["paths"]?.AsObject() ?? []
        from operation in path.Value?.AsObject() ?? []
        select (path.Key, HttpMethod.Parse(operation.Key), operation.Value ?? new JsonObject());
}
