using Commerce.Api.Links;
using Commerce.Api.Tests.Access;
using Commerce.Api.Tests.App;
using Commerce.Domain;
using Commerce.Domain.Links;
using Commerce.Domain.Log;

namespace Commerce.Api.Tests.Links;

/// <summary>Short links, over HTTP: to where they lead, and to where they never do.</summary>
public sealed class LinkTests : ApiTest
{
    HttpClient _browser = null!;

    [OneTimeSetUp]
    public void Open() => _browser = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = App.Http.BaseAddress };

    [OneTimeTearDown]
    public void Close() => _browser.Dispose();

    [Test]
    public async Task A_link_leads_to_its_orders_page_and_counts_who_follows_it()
    {
        var order = (await Post("/orders", OrderOf(await Product()))).Field("orderId");
        var made = await Post("/links", $$"""{"orderId":"{{order}}","page":"payment"}""");
        Assert.That((made.Status, made.Header("Location")), Is.EqualTo((201, $"/links/{made.Field("code")}")));
        for (var n = 0; n < 3; n++)
        {
            var followed = await Follow(made.Field("path"));
            Assert.That((followed.Status, followed.Header("Location"), followed.Header("Cache-Control")), Is.EqualTo((302, $"/orders/{order}", "no-store")));
        }

        var shown = await Until($"/links/{made.Field("code")}", null, link => link.Field("clicks") == "3");
        Assert.That(shown.Field("orderId"), Is.EqualTo(order));
    }

    [Test]
    public async Task Who_acts_for_some_customers_makes_and_sees_links_to_their_orders_only()
    {
        var (own, foreign) = (CustomerId.Of(New("customer")), CustomerId.Of(New("customer")));
        var kiosk = ("Authorization", $"Bearer {(await new People(App).Consumer(New("kiosk"), own)).Text}");
        var sku = await Product();
        var (mine, theirs) = (await OrderFor(own, sku), await OrderFor(foreign, sku));
        var made = await Post("/links", LinkTo(mine), kiosk);
        Assert.That(made.Status, Is.EqualTo(201));
        Assert.That((await Post("/links", LinkTo(theirs), kiosk)).Refusal, Is.EqualTo((404, "order-unknown")));
        Assert.That((await Post("/links", """{"url":"/docs"}""", kiosk)).Refusal, Is.EqualTo((403, "customer-foreign")));

        var other = await Post("/links", LinkTo(theirs));
        await Until($"/orders/{mine}", null);
        Assert.That((await Get($"/links/{made.Field("code")}", kiosk, At(made))).Status, Is.EqualTo(200));
        Assert.That((await Get($"/links/{other.Field("code")}", kiosk, At(other))).Refusal, Is.EqualTo((404, "link-unknown")));
        Assert.That((await Get($"/links/{other.Field("code")}", At(other))).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task The_same_key_makes_the_same_link()
    {
        var key = Key(New("link"));
        var first = await Post("/links", """{"url":"/docs"}""", key);
        var again = await Post("/links", """{"url":"/docs"}""", key);
        Assert.That((again.Status, again.Field("code"), again.Header("Idempotency-Replayed")), Is.EqualTo((201, first.Field("code"), "true")));
        Assert.That((await Post("/links", """{"url":"/other"}""", key)).Refusal, Is.EqualTo((422, "idempotency-key-reused")));
    }

    [TestCase("/docs?page=1")]
    [TestCase("https://shop.example.org/pay?order=1")]
    public async Task A_link_leads_to_this_host_and_to_those_that_are_allowed(string url)
    {
        var made = await Post("/links", $$"""{"url":"{{url}}"}""");
        Assert.That((await Follow(made.Field("path"))).Header("Location"), Is.EqualTo(url));
    }

    [TestCase("https://evil.example.org/")]
    [TestCase("http://shop.example.org/")]
    [TestCase("https://shop.example.org:8443/")]
    [TestCase("https://shop.example.org@evil.example.org/")]
    [TestCase("https://ann@shop.example.org/")]
    [TestCase("https://shop.example.org.evil.example.org/")]
    [TestCase("//evil.example.org/")]
    [TestCase("/\\\\evil.example.org/")]
    [TestCase("javascript:alert(1)")]
    [TestCase("docs")]
    [TestCase("/a\\r\\nSet-Cookie: a=b")]
    [TestCase("")]
    public async Task It_leads_nowhere_else(string url) =>
        Assert.That((await Post("/links", $$"""{"url":"{{url}}"}""")).Refusal, Is.EqualTo((422, "link-target-invalid")));

    [TestCase("""{}""", 400, "body-invalid")]
    [TestCase("""{"url":"/docs","page":"payment"}""", 400, "body-invalid")]
    [TestCase("""{"orderId":"01920000-0000-7000-8000-000000000009"}""", 400, "body-invalid")]
    [TestCase("""{"orderId":"01920000-0000-7000-8000-000000000009","page":"payment"}""", 404, "order-unknown")]
    [TestCase("""{"url":"/docs","expiresAt":"2020-01-01T00:00:00Z"}""", 422, "link-expiry-invalid")]
    public async Task What_is_no_link_is_refused(string body, int status, string code) => Assert.That((await Post("/links", body)).Refusal, Is.EqualTo((status, code)));

    [Test]
    public async Task A_code_that_nobody_made_and_one_that_is_mistyped_are_unknown()
    {
        Assert.That((await Follow($"/s/{LinkCode.Random()}")).Refusal, Is.EqualTo((404, "link-unknown")));
        Assert.That((await Follow("/s/Commerce1234")).Refusal, Is.EqualTo((404, "link-unknown")));
        Assert.That((await Get($"/links/{LinkCode.Random()}")).Refusal, Is.EqualTo((404, "link-unknown")));
    }

    [Test]
    public async Task A_link_that_has_ended_says_so()
    {
        var (id, code) = (Guid.NewGuid(), LinkCode.Random());
        var (name, json) = EventCatalog.Written(new LinkEvent.Created(id, code, "/docs", null, DateTimeOffset.UtcNow.AddDays(-1)));
        var appended = await App.Host.Log.Append(Link.StreamOf(id), ExpectedRevision.None, [new(Guid.NewGuid(), name, json, new EventMetadata { OccurredAt = DateTimeOffset.UtcNow.AddDays(-2) }.ToJson())], default);
        var position = appended is AppendResult.Appended { Position: var at } ? at : throw new AssertionException($"{appended}");
        Assert.That((await Get($"/links/{code}", ("Commerce-Min-Position", position.ToString()))).Status, Is.EqualTo(200));
        Assert.That((await Follow($"/s/{code}")).Refusal, Is.EqualTo((410, "link-expired")));
    }

    [Test]
    public void Clicks_are_counted_for_so_many_links_and_taken_once()
    {
        var clicks = new ClickCounter();
        var known = Guid.NewGuid();
        clicks.Add(known);
        for (var n = 0; n < ClickCounter.LinksMax; n++)
        {
            clicks.Add(Guid.NewGuid());
        }

        clicks.Add(known, 2);
        var taken = clicks.Take();
        Assert.That((taken.Count, taken[known]), Is.EqualTo((ClickCounter.LinksMax, 3)));
        Assert.That(clicks.Take(), Is.Empty);
    }

    async Task<string> OrderFor(CustomerId customer, string sku)
    {
        var placed = await Post("/orders", OrderOf(sku).Replace("{\"currency\"", $"{{\"customerId\":\"{customer}\",\"currency\"", StringComparison.Ordinal));
        Assert.That(placed.Status, Is.EqualTo(201), placed.Text);
        return placed.Field("orderId");
    }

    static string LinkTo(string order) => $$"""{"orderId":"{{order}}","page":"tracking"}""";

    async Task<Reply> Follow(string path)
    {
        using var response = await _browser.GetAsync(new Uri(path, UriKind.Relative));
        return await Reply.Of(response);
    }
}
