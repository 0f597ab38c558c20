using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Commerce.Api.Tests.App;

namespace Commerce.Api.Tests;

[TestFixture]
public sealed class FlashSaleTests : ApiTest
{
    [Test]
    public async Task What_is_announced_is_kept_by_stock_and_can_be_claimed_until_it_is_sold_out()
    {
        var sku = await Stocked(10);
        var sale = await Announce(sku, units: 2);
        Assert.That((await Get($"/stock/{sku}", At(sale))).Json.GetProperty("allocated").GetInt32(), Is.EqualTo(2));

        var (first, second, third) = (await Claim(sale, "ann"), await Claim(sale, "ben"), await Claim(sale, "cat"));
        Assert.That((first.Status, first.Field("place"), first.Field("status"), second.Field("place")), Is.EqualTo((201, "1", "waiting", "2")));
        Assert.That(first.Header("Location"), Is.EqualTo($"/flash-sales/{sale.Field("saleId")}/claims/{first.Field("claimId")}"));
        Assert.That((third.Refusal, third.Field("available")), Is.EqualTo(((409, "sold-out"), "0")));

        var read = await Get($"/flash-sales/{sale.Field("saleId")}", At(second));
        Assert.That((read.Field("status"), read.Field("units"), read.Field("remaining"), read.Field("claims")), Is.EqualTo(("soldOut", "2", "0", "2")));
        var claim = await Get(first.Header("Location") ?? string.Empty, At(second));
        Assert.That((claim.Field("customerId"), claim.Field("status"), claim.Field("quantity"), claim.Field("payUntil")), Is.EqualTo(("ann", "waiting", "1", first.Field("payUntil"))));
    }

    [Test]
    public async Task A_repeat_of_a_claim_gets_its_place_again_and_another_under_its_key_is_refused()
    {
        var sale = await Announce(await Stocked(10), units: 5, perCustomer: 2);
        var key = Key(New("claim"));
        var (first, again) = (await Claim(sale, "ann", headers: key), await Claim(sale, "ann", headers: key));
        Assert.That((again.Status, again.Field("claimId"), again.Field("place"), again.Field("payUntil")), Is.EqualTo((201, first.Field("claimId"), first.Field("place"), first.Field("payUntil"))));
        Assert.That((first.Header("Idempotency-Replayed"), again.Header("Idempotency-Replayed")), Is.EqualTo(((string?)null, "true")));
        Assert.That((await Claim(sale, "ben", headers: key)).Refusal, Is.EqualTo((422, "idempotency-key-reused")));
        Assert.That((await Claim(sale, "ann", 2, headers: key)).Refusal, Is.EqualTo((422, "idempotency-key-reused")));
    }

    [Test]
    public async Task Nobody_claims_more_than_one_may_or_outside_the_time()
    {
        var sku = await Stocked(20);
        var sale = await Announce(sku, units: 5, perCustomer: 2);
        Assert.That((await Claim(sale, "ann", 2)).Status, Is.EqualTo(201));
        Assert.That((await Claim(sale, "ann")).Refusal, Is.EqualTo((409, "limit-reached")));
        Assert.That((await Claim(sale, "ben", 3)).Refusal, Is.EqualTo((422, "quantity-invalid")));

        var later = await Announce(sku, units: 5, opens: DateTimeOffset.UtcNow.AddHours(1));
        Assert.That((await Claim(later, "ann")).Refusal, Is.EqualTo((409, "sale-not-open")));
        Assert.That((await Get($"/flash-sales/{later.Field("saleId")}", At(later))).Field("status"), Is.EqualTo("announced"));
    }

    [Test]
    public async Task A_closed_sale_takes_no_claims()
    {
        var sale = await Announce(await Stocked(10), units: 5);
        var closed = await Post($"/flash-sales/{sale.Field("saleId")}/close", string.Empty);
        Assert.That(closed.Status, Is.EqualTo(200));
        Assert.That((await Claim(sale, "ann")).Refusal, Is.EqualTo((409, "sale-closed")));
        var read = await Get($"/flash-sales/{sale.Field("saleId")}", At(closed));
        Assert.That((read.Field("status"), read.Field("remaining"), read.Field("givenBack")), Is.EqualTo(("closed", "0", "5")));
    }

    [Test]
    public async Task A_sale_of_more_than_there_is_or_of_what_is_no_product_is_refused()
    {
        var sku = await Stocked(3);
        var refused = await Send(sku, units: 4);
        Assert.That((refused.Refusal, refused.Field("available")), Is.EqualTo(((422, "out-of-stock"), "3")));
        Assert.That((await Send(New("NONE"), units: 1)).Refusal, Is.EqualTo((422, "product-unknown")));
        Assert.That((await Send(sku, units: 0)).Refusal, Is.EqualTo((422, "units-invalid")));
        Assert.That((await Send(sku, units: 1, currency: "EUR")).Refusal, Is.EqualTo((422, "currency-mismatch")));
        Assert.That((await Send(sku, units: 1, opens: DateTimeOffset.UtcNow.AddDays(-2), closes: DateTimeOffset.UtcNow.AddDays(-1))).Refusal, Is.EqualTo((422, "times-invalid")));
    }

    [Test]
    public async Task An_announcement_twice_under_one_key_keeps_its_units_once()
    {
        var sku = await Stocked(10);
        var (opens, key) = (DateTimeOffset.UtcNow.AddMinutes(-1), Key(New("sale")));
        var first = await Send(sku, 8, opens: opens, headers: key);
        var again = await Send(sku, 8, opens: opens, headers: key);
        Assert.That((again.Status, again.Field("saleId"), again.Header("Idempotency-Replayed")), Is.EqualTo((201, first.Field("saleId"), "true")));
        Assert.That((await Get($"/stock/{sku}", At(first))).Field("allocated"), Is.EqualTo("8"));
    }

    [Test]
    public async Task What_is_not_there_is_told_apart()
    {
        var sale = await Announce(await Stocked(10), units: 5);
        Assert.That((await Get($"/flash-sales/{Guid.NewGuid()}")).Refusal, Is.EqualTo((404, "sale-unknown")));
        Assert.That((await Get($"/flash-sales/{sale.Field("saleId")}/claims/{Guid.NewGuid()}")).Refusal, Is.EqualTo((404, "claim-unknown")));
        Assert.That((await Post($"/flash-sales/{Guid.NewGuid()}/claims", """{"customerId":"ann"}""")).Refusal, Is.EqualTo((404, "sale-unknown")));
        Assert.That((await Post($"/flash-sales/{sale.Field("saleId")}/claims/{Guid.NewGuid()}/payment", """{"paymentToken":"tok_ok"}""")).Refusal, Is.EqualTo((404, "claim-unknown")));
    }

    [Test]
    public async Task A_claim_with_a_payment_is_an_order_under_its_own_id_and_one_without_becomes_it_when_it_is_paid()
    {
        var sku = await Stocked(10);
        var sale = await Announce(sku, units: 4);
        var (paid, waiting) = (await Claim(sale, "ann", token: "tok_ok"), await Claim(sale, "ben"));
        Assert.That((paid.Status, paid.Field("status")), Is.EqualTo((201, "ordered")));
        var order = await Until($"/orders/{paid.Field("claimId")}", "confirmed");
        Assert.That((order.Json.GetProperty("total").GetProperty("amount").ToString(), order.Field("customerId")), Is.EqualTo(("1.50", "ann")));

        Assert.That((await Get($"/orders/{waiting.Field("claimId")}")).Status, Is.EqualTo(404));
        var payment = await Post($"/flash-sales/{sale.Field("saleId")}/claims/{waiting.Field("claimId")}/payment", """{"paymentToken":"tok_ok"}""");
        Assert.That((payment.Status, payment.Field("orderId")), Is.EqualTo((200, waiting.Field("claimId"))));
        await Until($"/orders/{waiting.Field("claimId")}", "confirmed");
        await Until($"/stock/{sku}", null, stock => (stock.Field("available"), stock.Field("allocated"), stock.Field("reserved")) == ("6", "2", "2"));
    }

    [Test]
    public async Task What_is_declined_is_offered_again_and_what_is_left_of_a_closed_sale_goes_back_to_stock()
    {
        var sku = await Stocked(10);
        var sale = await Announce(sku, units: 2);
        var declined = await Claim(sale, "ann", token: "tok_declined");
        await Until($"/orders/{declined.Field("claimId")}", "rejected");
        await Until($"/flash-sales/{sale.Field("saleId")}", "open", s => (s.Field("remaining"), s.Field("undone")) == ("2", "1"));
        Assert.That((await Get($"/flash-sales/{sale.Field("saleId")}/claims/{declined.Field("claimId")}")).Field("status"), Is.EqualTo("returned"));

        await Post($"/flash-sales/{sale.Field("saleId")}/close", string.Empty);
        await Until($"/stock/{sku}", null, stock => (stock.Field("available"), stock.Field("allocated")) == ("10", "0"));
    }

    [Test]
    public async Task A_sale_over_several_streams_sells_all_its_units_whoever_comes_and_tells_one_story()
    {
        var sku = await Stocked(10);
        var sale = await Announce(sku, units: 6, shards: 3);
        Assert.That((await Get($"/stock/{sku}", At(sale))).Field("allocated"), Is.EqualTo("6"));
        var paid = await Claim(sale, "ann", token: "tok_ok");
        Assert.That((await Claim(sale, "ann")).Refusal, Is.EqualTo((409, "limit-reached")));
        var waiting = await Claim(sale, "ben");
        Reply? last = null;
        foreach (var customer in new[] { "cat", "dan", "eve", "fay" })
        {
            last = await Claim(sale, customer);
            Assert.That(last.Status, Is.EqualTo(201), last.Text);
        }

        Assert.That((await Claim(sale, "gil")).Refusal, Is.EqualTo((409, "sold-out")));
        var read = await Get($"/flash-sales/{sale.Field("saleId")}", At(last));
        Assert.That((read.Field("status"), read.Field("units"), read.Field("remaining"), read.Field("claims")), Is.EqualTo(("soldOut", "6", "0", "6")));

        var payment = await Post($"/flash-sales/{sale.Field("saleId")}/claims/{waiting.Field("claimId")}/payment", """{"paymentToken":"tok_declined"}""");
        Assert.That(payment.Status, Is.EqualTo(200), payment.Text);
        await Until($"/orders/{paid.Field("claimId")}", "confirmed");
        await Until($"/orders/{waiting.Field("claimId")}", "rejected");
        await Until($"/flash-sales/{sale.Field("saleId")}", "open", s => (s.Field("remaining"), s.Field("undone")) == ("1", "1"));
        var timeline = await Get($"/audit/orders/{paid.Field("claimId")}/timeline");
        Assert.That(timeline.Json.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("type").GetString()).Take(3), Is.EqualTo(["flash-sale-claimed.v1", "flash-sale-payment-given.v1", "order-placed-in-sale.v1"]));

        await Post($"/flash-sales/{sale.Field("saleId")}/close", string.Empty);
        await Until($"/flash-sales/{sale.Field("saleId")}", "closed", s => s.Field("givenBack") == "1");
        await Until($"/stock/{sku}", null, stock => (stock.Field("available"), stock.Field("allocated"), stock.Field("reserved")) == ("5", "4", "1"));
    }

    [TestCase(0)]
    [TestCase(17)]
    [TestCase(6)]
    public async Task A_sale_over_more_streams_than_units_or_than_there_may_be_is_refused(int shards) =>
        Assert.That((await Send(await Stocked(10), units: 5, shards: shards)).Refusal, Is.EqualTo((422, "shards-invalid")));

    [Test]
    public async Task Whoever_listens_is_told_the_figures_as_they_change()
    {
        var sale = await Announce(await Stocked(10), units: 5);
        await Get($"/flash-sales/{sale.Field("saleId")}", At(sale));
        using var listening = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await using var figures = Listen(sale, null, listening.Token).GetAsyncEnumerator(listening.Token);
        Assert.That(await figures.MoveNextAsync(), Is.True);
        Assert.That((figures.Current.EventType, RemainingOf(figures.Current)), Is.EqualTo(("figures", 5)));

        await Claim(sale, "ann");
        Assert.That(await figures.MoveNextAsync(), Is.True);
        Assert.That(RemainingOf(figures.Current), Is.EqualTo(4));

        // Who comes again is not told what it heard, but what is new.
        await using var again = Listen(sale, figures.Current.EventId, listening.Token).GetAsyncEnumerator(listening.Token);
        var next = again.MoveNextAsync();
        await Claim(sale, "ben");
        Assert.That(await next, Is.True);
        Assert.That(RemainingOf(again.Current), Is.EqualTo(3));
    }

    [Test]
    public async Task Nobody_listens_to_a_sale_that_there_is_not_or_from_a_place_that_is_none()
    {
        var sale = await Announce(await Stocked(10), units: 5);
        await Get($"/flash-sales/{sale.Field("saleId")}", At(sale));
        Assert.That((await Get($"/flash-sales/{Guid.NewGuid()}/live")).Refusal, Is.EqualTo((404, "sale-unknown")));
        Assert.That((await Get($"/flash-sales/{sale.Field("saleId")}/live", ("Last-Event-ID", "abc"))).Refusal, Is.EqualTo((400, "parameter-invalid")));
    }

    async IAsyncEnumerable<SseItem<string>> Listen(Reply sale, string? heard, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/flash-sales/{sale.Field("saleId")}/live");
        if (heard is not null)
        {
            request.Headers.Add("Last-Event-ID", heard);
        }

        using var response = await App.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("text/event-stream"));
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in SseParser.Create(body).EnumerateAsync(cancellationToken))
        {
            yield return item;
        }
    }

    static int RemainingOf(SseItem<string> item) => JsonElement.Parse(item.Data).GetProperty("remaining").GetInt32();

    async Task<Reply> Announce(string sku, int units, int perCustomer = 1, DateTimeOffset? opens = null, int? shards = null)
    {
        var sale = await Send(sku, units, perCustomer, opens, shards: shards);
        Assert.That(sale.Status, Is.EqualTo(201), sale.Text);
        return sale;
    }

    Task<Reply> Send(string sku, int units, int perCustomer = 1, DateTimeOffset? opens = null, DateTimeOffset? closes = null, string currency = "GBP", int? shards = null, params (string, string)[] headers)
    {
        var from = opens ?? DateTimeOffset.UtcNow.AddMinutes(-1);
        return Post(
            "/flash-sales",
            string.Create(CultureInfo.InvariantCulture, $$$"""{"sku":"{{{sku}}}","units":{{{units}}},"unitPrice":{"amount":"1.50","currency":"{{{currency}}}"},"opens":"{{{from:O}}}","closes":"{{{closes ?? from.AddDays(1):O}}}","unitsPerCustomer":{{{perCustomer}}}{{{(shards is { } of ? $",\"shards\":{of}" : "")}}}}"""),
            headers);
    }

    Task<Reply> Claim(Reply sale, string customer, int quantity = 1, string? token = null, params (string, string)[] headers) => Post(
        $"/flash-sales/{sale.Field("saleId")}/claims",
        token is null ? $$"""{"customerId":"{{customer}}","quantity":{{quantity}}}""" : $$"""{"customerId":"{{customer}}","quantity":{{quantity}},"paymentToken":"{{token}}"}""",
        headers);
}
