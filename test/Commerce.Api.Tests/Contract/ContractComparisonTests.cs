using System.Text.Json.Nodes;

namespace Commerce.Api.Tests.Contract;

/// <summary>The comparison itself: each kind of change, and what it says of it.</summary>
[TestFixture]
public sealed class ContractComparisonTests
{
    const string Before =
        """
        {"paths": {"/orders": {"post": {
          "operationId": "PlaceOrder", "security": [],
          "parameters": [{"name": "Key", "in": "header", "required": true, "schema": {"type": "string"}}, {"name": "limit", "in": "query", "schema": {"type": "string"}}],
          "requestBody": {"required": true, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Wish"}}}},
          "responses": {
            "201": {"headers": {"ETag": {}}, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}},
            "422": {"content": {"application/problem+json": {"schema": {"allOf": [{"type": "object"}, {"properties": {"code": {"type": "string", "enum": ["gone", "late"]}}}]}}}}}}}},
         "components": {"schemas": {
          "Wish": {"type": "object", "required": ["sku"], "properties": {"sku": {"type": "string", "maxLength": 64}, "note": {"type": ["string", "null"]}, "size": {"type": "string", "enum": ["s", "m"]}}},
          "Order": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "format": "uuid"}, "lines": {"type": "array", "items": {"type": "integer"}}, "next": {"$ref": "#/components/schemas/Order"}}}}}}
        """;

    const string Post = "paths./orders.post";
    const string Wish = "components.schemas.Wish";
    const string Order = "components.schemas.Order";

    [TestCase("paths./orders", null, "POST /orders is removed")]
    [TestCase(Post, null, "POST /orders is removed")]
    [TestCase(Post + ".operationId", "\"Order\"", "POST /orders was called PlaceOrder and is called Order")]
    [TestCase(Post + ".security", """[{"bearer": []}]""", "POST /orders asks for credentials now")]
    [TestCase(Post + ".parameters.1", null, "POST /orders: query limit is removed")]
    [TestCase(Post + ".parameters.1.required", "true", "POST /orders: query limit is required now")]
    [TestCase(Post + ".parameters.1.schema.type", "\"integer\"", "POST /orders: query limit was string and is integer")]
    [TestCase(Post + ".requestBody", null, "POST /orders takes no body any more")]
    [TestCase(Post + ".responses.422", null, "POST /orders 422 is removed")]
    [TestCase(Post + ".responses.201.headers.ETag", null, "POST /orders 201: the header ETag is removed")]
    [TestCase(Post + ".responses.201.content", """{"text/csv": {}}""", "POST /orders 201 is no application/json any more")]
    [TestCase(Post + ".responses.422.content.application/problem+json.schema.allOf.1.properties.code.enum.0", null, "POST /orders 422.code has no value gone any more")]
    [TestCase(Wish + ".properties.note", null, "POST /orders request.note is removed")]
    [TestCase(Wish + ".required", """["sku", "note"]""", "POST /orders request.note is required now")]
    [TestCase(Wish + ".properties.note.type", "\"string\"", "POST /orders request.note was null or string and is string")]
    [TestCase(Wish + ".properties.sku.maxLength", "32", "POST /orders request.sku has a narrower maxLength: 32")]
    [TestCase(Wish + ".properties.sku.pattern", "\"^A\"", "POST /orders request.sku has another pattern")]
    [TestCase(Wish + ".properties.size.enum.0", null, "POST /orders request.size has no value s any more")]
    [TestCase(Wish + ".properties.sku.enum", """["a"]""", "POST /orders request.sku takes only some values")]
    [TestCase(Order + ".properties.id", null, "POST /orders 201.id is removed")]
    [TestCase(Order + ".required", "[]", "POST /orders 201.id may be missing now")]
    [TestCase(Order + ".properties.id.type", """["string", "null"]""", "POST /orders 201.id was string and is null or string")]
    [TestCase(Order + ".properties.id.format", null, "POST /orders 201.id had the format uuid and has none")]
    [TestCase(Order + ".properties.lines.items.type", "\"string\"", "POST /orders 201.lines[] was integer and is string")]
    public void What_breaks_a_client_is_named(string at, string? becomes, string named) =>
        Assert.That(ContractComparison.BreakingOfApi(Document(), Changed(at, becomes)), Is.EqualTo([named]));

    [TestCase("paths./products", """{"get": {"responses": {}}}""")]
    [TestCase(Post + ".responses.409", """{"content": {}}""")]
    [TestCase(Post + ".responses.201.headers.Location", "{}")]
    [TestCase(Post + ".responses.422.content.application/problem+json.schema.allOf.1.properties.code.enum", """["gone", "late", "new"]""")]
    [TestCase(Wish + ".properties.gift", """{"type": "boolean"}""")]
    [TestCase(Wish + ".properties.sku.maxLength", "128")]
    [TestCase(Wish + ".required", "[]")]
    [TestCase(Wish + ".properties.size.enum", """["s", "m", "l"]""")]
    [TestCase(Order + ".properties.total", """{"type": "string"}""")]
    [TestCase(Order + ".required", """["id", "lines"]""")]
    public void What_is_added_breaks_nobody(string at, string becomes) => Assert.That(ContractComparison.BreakingOfApi(Document(), Changed(at, becomes)), Is.Empty);

    [Test]
    public void An_event_may_lose_nothing()
    {
        var before = JsonNode.Parse("""{"components": {"schemas": {"a.v1": {"type": "object", "required": ["x"], "properties": {"x": {"type": "integer"}}}, "b.v1": {"type": "object"}}}}""")!;
        var now = JsonNode.Parse("""{"components": {"schemas": {"a.v1": {"type": "object", "properties": {"x": {"type": "string"}}}, "c.v1": {"type": "object"}}}}""")!;
        Assert.That(ContractComparison.BreakingOfEvents(before, now), Is.EqualTo(["a.v1.x was integer and is string", "a.v1.x may be missing now", "b.v1 is removed"]));
    }

    static JsonNode Document() => JsonNode.Parse(Before)!;

    // The last step of the way names what is put there, or taken away.
    static JsonNode Changed(string at, string? becomes)
    {
        var document = Document();
        var steps = at.Split('.');
        var owner = steps[..^1].Aggregate(document, (part, step) => (part is JsonArray list ? list[int.Parse(step, System.Globalization.CultureInfo.InvariantCulture)] : part[step])!);
        switch (owner)
        {
            case JsonArray list:
                list.RemoveAt(int.Parse(steps[^1], System.Globalization.CultureInfo.InvariantCulture));
                break;
            case JsonObject known when becomes is null:
                known.Remove(steps[^1]);
                break;
            default:
                owner[steps[^1]] = JsonNode.Parse(becomes!);
                break;
        }

        return document;
    }
}
