using System.Security.Cryptography;
using System.Text;
using Commerce.Api.Composition;
using Commerce.Api.Tests.App;
using Commerce.Api.Tests.Cli;
using Commerce.Commands.Customers;
using Commerce.Testing.Telemetry;
using Npgsql;

namespace Commerce.Api.Tests.Personal;

/// <summary>
/// The whole life of a customer with all that the house makes of it, logs at the lowest level; then they are erased, and a search goes through
/// every table, export, log line and answer for the bytes of what was personal. Tables and logs hold none of it even before.
/// </summary>
[TestFixture]
[NonParallelizable]
sealed class ErasureTests
{
    const string Name = "Xanthippe Zyxwvutsdóttir";
    const string Email = "xanthippe.zyxwvut@qponml.example";
    const string Phone = "+44 7700 900461";
    const string Street = "421 Unverwechselbarstraße";
    const string City = "Quendorfstadt";
    const string NewStreet = "88 Umzugsallee Hinterhaus";
    const string NewCity = "Neuquendorfburg";
    const string NewName = "Xanthippe Wvutsrqponsdóttir";
    const string NewEmail = "nobody.else@mlkjih.example";

    static readonly string[] Secrets = [Name, "Zyxwvuts", Email, Phone, Street, City, "QX7 9ZZP", NewStreet, NewCity, "ZZ1 1QQXY", NewName, "Wvutsrq", NewEmail];
    static readonly string[] Streams = ["customer-", "order-", "payment-", "fulfilment-"];

    /// <summary>What somebody could pay, sign or come in with: as secret as a name, and in no log either.</summary>
    const string PaymentToken = "tok_9x7QkV2mZr4TnB8w";
    const string CallbackSecret = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    readonly Needles _needles = new(Secrets);
    readonly string _masterKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(MasterKeys.KeyBytes));
    readonly string _folder = Directory.CreateTempSubdirectory("commerce-erasure-").FullName;

    OtlpCollector _collector = null!;
    HeardConsole _console = null!;
    CommerceApp _app = null!;
    Shopper _shopper = null!;
    string _customer = null!;
    string _order = null!;
    string _madeKey = null!;
    Reply _before = null!;
    List<(string Place, byte[] Bytes)> _tablesBefore = null!;

    [OneTimeSetUp]
    public async Task Live_and_be_erased()
    {
        _collector = await OtlpCollector.Start();
        _console = new HeardConsole();
        _app = await CommerceApp.Start([.. _collector.Settings, ("Logging:LogLevel:Default", "Trace"), ("Logging:LogLevel:Microsoft.AspNetCore", "Trace"), ("Logging:LogLevel:MassTransit", "Trace"), (PersonalDataSettings.MasterKeyKey, _masterKey), (CallbackSettings.SecretsKey, $"whsec_{CallbackSecret}"), ("Commerce:Seals:Every", "1.00:00:00"), (CommerceSettings.DataKey, Path.Combine(_folder, "data"))]);
        _shopper = new Shopper(_app);
        await Live();
        _before = await _shopper.Get($"/customers/{_customer}");
        _tablesBefore = await SearchedPlaces.OfDatabase(_app.Host.ConnectionString);
        await Export("before");
        await Answers();

        var erased = await _shopper.Post($"/customers/{_customer}/erase", """{"reason":"customerRequest"}""", "erase-1");
        Assert.That(erased.Status, Is.EqualTo(200), erased.Text);
        await _shopper.Until($"/customers/{_customer}", r => r.Field("erased") == "True" && r.Json.TryGetProperty("erasedAt", out _));
        await Export("after");
    }

    [OneTimeTearDown]
    public async Task Close()
    {
        await _app.DisposeAsync();
        _console.Dispose();
        await _collector.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Test, Order(1)]
    public void Before_the_erasure_the_API_showed_the_data_in_clear()
    {
        Assert.That((_before.Field("name"), _before.Field("email"), _before.Field("phone")), Is.EqualTo((NewName, NewEmail, Phone)));
        Assert.That(_before.Json.GetProperty("address").GetProperty("lines")[0].GetString(), Is.EqualTo(NewStreet));
        Assert.That(_needles.FoundIn(Encoding.UTF8.GetBytes(_before.Text)), Is.Not.Empty);
    }

    [Test, Order(2)]
    public void Tables_held_nothing_of_it_in_clear_even_before() => Assert.That(Found(_tablesBefore), Is.Empty);

    [Test, Order(3)]
    public async Task No_table_holds_it_afterwards()
    {
        var tables = await SearchedPlaces.OfDatabase(_app.Host.ConnectionString);
        Assert.That(tables.Select(t => t.Place).Distinct(), Is.SupersetOf(new[] { "log.appends", "public.mt_doc_customerview", "public.mt_doc_orderview", "commerce.personal_keys", "bytes in log.appends" }));
        Assert.That(Found(tables), Is.Empty);
    }

    [Test, Order(4)]
    public async Task No_answer_of_the_API_holds_it_afterwards()
    {
        var answers = await Answers();
        Assert.That(answers, Has.Count.GreaterThan(30));
        Assert.That(Found(answers), Is.Empty);
        Assert.That(answers.Select(a => Encoding.UTF8.GetString(a.Bytes)), Has.Some.Contains("customer-erased.v1"), "the events are still there");
    }

    [Test, Order(5)]
    public void No_export_and_no_file_holds_it()
    {
        var files = SearchedPlaces.OfFolder(_folder);
        Assert.That(files.Select(f => f.Place), Is.SupersetOf(new[] { "before-orders.csv", "after-orders.csv", "after-sales_lines.ndjson", "after-events.ndjson", "after-audit.json" }));
        Assert.That(Found(files), Is.Empty);
    }

    [Test, Order(6)]
    public async Task No_log_line_no_span_and_no_metric_ever_held_it()
    {
        var exported = await _collector.Until(c => c.Texts.ToList(), texts => texts.Exists(t => t.Contains("/customers", StringComparison.Ordinal)));
        var heard = _console.Output + _console.Error;
        Assert.That(heard, Does.Contain("trce:").And.Contain($"/customers/{_customer}"), "it is the lowest level that is heard");
        Assert.That(Found([("console", Encoding.UTF8.GetBytes(heard)), .. exported.Select(text => ("telemetry", Encoding.UTF8.GetBytes(text)))]), Is.Empty);
    }

    [Test, Order(6)]
    public async Task No_log_line_and_no_span_ever_held_what_somebody_could_come_in_or_pay_with()
    {
        var password = new NpgsqlConnectionStringBuilder(_app.Host.ConnectionString).Password ?? string.Empty;
        var secrets = new Needles([PaymentToken, CallbackSecret, _masterKey, SecretOf(CommerceApp.OperatorKey.Text), SecretOf(_madeKey), .. password.Length > 0 ? [password] : Array.Empty<string>()]);
        var heard = Encoding.UTF8.GetBytes(_console.Output + _console.Error);
        var exported = await _collector.Until(c => c.Texts.ToList(), texts => texts.Count > 0);
        Assert.That(secrets.FoundIn(Encoding.UTF8.GetBytes($"Bearer {_madeKey}")), Is.Not.Empty, "The search finds what is there.");
        Assert.That(secrets.FoundIn(heard).Concat(exported.SelectMany(text => secrets.FoundIn(Encoding.UTF8.GetBytes(text)))), Is.Empty);
    }

    [Test, Order(7)]
    public async Task Nobody_can_decrypt_it_with_all_that_is_left()
    {
        await using var database = NpgsqlDataSource.Create(_app.Host.ConnectionString);
        await using var command = database.CreateCommand("SELECT count(*) FROM commerce.personal_keys WHERE customer_id = $1 AND wrapped IS NULL AND master_key IS NULL AND destroyed_at IS NOT NULL");
        command.Parameters.Add(new() { Value = _customer });
        Assert.That(await command.ExecuteScalarAsync(), Is.EqualTo(1L));
    }

    [Test, Order(8)]
    public async Task The_log_is_what_was_sealed_before()
    {
        var verified = await Terminal.Run(["audit", "verify", "--postgres", _app.Host.ConnectionString]);
        Assert.That(verified.Code, Is.Zero, verified.Output + verified.Error);
        Assert.That((await Terminal.Run(["audit", "--postgres", _app.Host.ConnectionString])).Code, Is.Zero);
    }

    [Test, Order(9)]
    public async Task Read_models_that_are_made_anew_show_the_customer_as_erased()
    {
        var rebuilt = await Terminal.Run(["projections", "rebuild", "customers", "--reason", "to see what it makes", "--postgres", _app.Host.ConnectionString]);
        Assert.That(rebuilt.Code, Is.Zero, rebuilt.Output + rebuilt.Error);
        var read = await _shopper.Get($"/customers/{_customer}");
        Assert.That((read.Field("erased"), read.Field("name"), read.Field("address"), read.Field("erasureReason")), Is.EqualTo(("True", "", "", "customerRequest")));
        var tables = await SearchedPlaces.OfDatabase(_app.Host.ConnectionString);
        Assert.That(tables.Select(t => t.Place), Has.Some.Contains("replaced"), "what was replaced is still there, and searched as well");
        Assert.That(Found(tables), Is.Empty);
    }

    [Test]
    public async Task The_search_finds_what_is_there()
    {
        await using var database = NpgsqlDataSource.Create(_app.Host.ConnectionString);
        var utf8 = Encoding.UTF8.GetBytes($"x{Email}y");
        (string Column, object Value)[] planted =
        [
            ("text", $"a {Name} b"), ("bytea", utf8), ("text", Convert.ToBase64String(utf8)), ("text", Convert.ToHexString(utf8)), ("text", System.Text.Json.JsonEncodedText.Encode(Street).ToString()),
            ("text", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Email)))), ("bytea", Encoding.UTF8.GetBytes(Convert.ToBase64String(utf8))), ("bytea", SHA256.HashData(Encoding.UTF8.GetBytes(Phone))),
        ];
        foreach (var (column, value) in planted)
        {
            await using var plant = database.CreateCommand($"CREATE SCHEMA planted; CREATE TABLE planted.one (a {column})");
            await plant.ExecuteNonQueryAsync();
            await using var fill = database.CreateCommand("INSERT INTO planted.one VALUES ($1)");
            fill.Parameters.Add(new() { Value = value });
            await fill.ExecuteNonQueryAsync();
            Assert.That(Found(await SearchedPlaces.OfDatabase(_app.Host.ConnectionString)), Has.Some.Contains("planted.one"), $"{column} {value}");
            await using var clear = database.CreateCommand("DROP SCHEMA planted CASCADE");
            await clear.ExecuteNonQueryAsync();
        }
    }

    async Task Live()
    {
        await _shopper.Stock("MUG");
        var registered = await _shopper.Post(
            "/customers", $$$"""{"name":"{{{Name}}}","email":"{{{Email}}}","phone":"{{{Phone}}}","address":{"lines":["{{{Street}}}"],"city":"{{{City}}}","country":"DE","postalCode":"QX7 9ZZP"}}""", "customer-1");
        Assert.That(registered.Status, Is.EqualTo(201), registered.Text);
        _customer = registered.Field("customerId");

        // What goes wrong is part of a life, too: bad requests reach logs and answers by other ways.
        var refused = new[]
        {
            await _shopper.Post("/customers", $$$"""{"name":"{{{Name}}}","email":"{{{Email}}} and more"}""", "customer-2"),
            await _shopper.Post("/customers", $$$"""{"name":"{{{Name}}}","email":"{{{Email}}}","{{{Phone}}}":1}""", "customer-3"),
            await _shopper.Post("/customers", $$$"""{"name":"{{{Name}}}","email":["{{{Email}}}"]}""", "customer-4"),
            await _shopper.Post("/customers", $$$"""{"name":"{{{Name}}}","email":"{{{Email}}}","phone":"{{{Phone}}}"}""", "customer-1"),
        };
        Assert.That(refused.Select(r => r.Status), Is.EqualTo(new[] { 422, 400, 400, 422 }));
        Assert.That(refused.SelectMany(r => _needles.FoundIn(Encoding.UTF8.GetBytes(r.Text))), Is.Empty);

        var placed = await _shopper.Post("/orders", $$"""{"customerId":"{{_customer}}","currency":"GBP","country":"DE","paymentToken":"tok_ok","lines":[{"sku":"MUG","quantity":2}]}""", "order-1");
        _order = placed.Field("orderId");
        await _shopper.Until($"/orders/{_order}", r => r.Field("status") == "confirmed");
        Assert.That((await _shopper.Post($"/orders/{_order}/shipments", "{}", "ship-1")).Status, Is.EqualTo(201));
        await _shopper.Until($"/orders/{_order}", r => r.Field("status") == "completed");

        var made = await _shopper.Post("/keys", """{"client":"reports","role":"analyst"}""", "key-1");
        Assert.That(made.Status, Is.EqualTo(201), made.Text);
        _madeKey = made.Field("key");
        await _shopper.Until((await _shopper.Post("/orders", $$"""{"currency":"GBP","paymentToken":"{{PaymentToken}}","lines":[{"sku":"MUG","quantity":1}]}""", "order-2")).Header("Location") ?? string.Empty, r => r.Status == 200 && r.Field("status") != "placed");

        var address = $$"""{"lines":["{{NewStreet}}"],"city":"{{NewCity}}","country":"DE","postalCode":"ZZ1 1QQXY"}""";
        using var moved = await _app.Http.PutAsync($"/customers/{_customer}/address", new StringContent(address, Encoding.UTF8, "application/json"));
        Assert.That((int)moved.StatusCode, Is.EqualTo(200));
        using var corrected = await _app.Http.PutAsync(
            $"/customers/{_customer}/contact", new StringContent($$"""{"name":"{{NewName}}","email":"{{NewEmail}}","phone":"{{Phone}}"}""", Encoding.UTF8, "application/json"));
        Assert.That((int)corrected.StatusCode, Is.EqualTo(200));
        await _shopper.Until($"/customers/{_customer}", r => r.Text.Contains(NewCity, StringComparison.Ordinal) && r.Text.Contains(NewEmail, StringComparison.Ordinal));

        Assert.That((await Terminal.Run(["audit", "seal", "--postgres", _app.Host.ConnectionString])).Code, Is.Zero, "A seal over all of this.");
    }

    async Task Export(string when)
    {
        string[] shop = ["--postgres", _app.Host.ConnectionString, "--data", _folder];
        foreach (var view in (await Terminal.Run(["analytics", "export", "--view", "none", .. shop])).Error.Split("there are ")[1].Trim('.', '\n').Split(", "))
        {
            foreach (var format in new[] { "csv", "ndjson" })
            {
                var said = await Terminal.Run(["analytics", "export", "--view", view, "--format", format, "--out", Path.Combine(_folder, $"{when}-{view}.{format}"), .. shop]);
                Assert.That(said.Code, Is.Zero, said.Error);
            }
        }

        Assert.That((await Terminal.Run(["audit", "export", "--out", Path.Combine(_folder, $"{when}-events.ndjson"), .. shop])).Code, Is.Zero);
        Assert.That((await Terminal.Run(["audit", "--json", Path.Combine(_folder, $"{when}-audit.json"), .. shop])).Code, Is.Zero);
    }

    // Every address that can be read, by the API's own document, and again what might bring something back.
    async Task<List<(string Place, byte[] Bytes)>> Answers()
    {
        var payment = (await _shopper.Get($"/orders/{_order}")).Json.GetProperty("payment").GetProperty("paymentId").GetString();
        var paths = (await _shopper.Get("/openapi/v1.json")).Json.GetProperty("paths").EnumerateObject().Where(p => p.Value.TryGetProperty("get", out _)).Select(p => p.Name)
            .Select(path => path.StartsWith("/payments", StringComparison.Ordinal) ? path.Replace("{id}", payment, StringComparison.Ordinal) : path)
            .Select(path => path.StartsWith("/customers", StringComparison.Ordinal) ? path.Replace("{id}", _customer, StringComparison.Ordinal) : path)
            .Select(path => path.Replace("{id}", _order, StringComparison.Ordinal).Replace("{sku}", "MUG", StringComparison.Ordinal))
            .SelectMany(path => path.Contains("{stream}", StringComparison.Ordinal)
                ? Streams.Select(s => path.Replace("{stream}", s + (s == "customer-" ? _customer : s == "payment-" ? payment : _order), StringComparison.Ordinal))
                : path.Contains("{view}", StringComparison.Ordinal) ? new[] { "orders", "payments", "sales_by_customer", "sales_lines", "cohorts" }.Select(v => path.Replace("{view}", v, StringComparison.Ordinal))
                : [path])
            .Where(path => !path.Contains('{', StringComparison.Ordinal))
            .SelectMany(path => path.EndsWith("/diff", StringComparison.Ordinal) ? [$"{path}?from=revision:0", path] : new[] { path })
            .Append($"/orders?customerId={_customer}").Append($"/audit/streams/customer-{_customer}/state?asOf=revision:1").ToList();
        var answers = new List<(string, byte[])>();
        foreach (var path in paths)
        {
            using var response = await _app.Http.GetAsync(path);
            answers.Add(($"{path} {(int)response.StatusCode} {response.Headers}{response.Content.Headers}", await response.Content.ReadAsByteArrayAsync()));
        }

        return answers;
    }

    // What stands before it, a key's id, anybody may know.
    static string SecretOf(string key) => key.Split('_')[^1];

    List<string> Found(IEnumerable<(string Place, byte[] Bytes)> places) =>
        [.. places.SelectMany(p => _needles.FoundIn(p.Bytes).Concat(_needles.FoundIn(Encoding.UTF8.GetBytes(p.Place))).Select(form => $"{form} in {p.Place}")).Distinct()];
}
