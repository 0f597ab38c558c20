using System.Security.Cryptography;
using Commerce.Api.Composition;
using Commerce.Api.Tests.App;
using Commerce.Api.Tests.Cli;
using Commerce.Commands.Customers;
using Commerce.Domain;
using Npgsql;

namespace Commerce.Api.Tests.Personal;

/// <summary>The verb <c>customers</c>, beside a process that serves. Secrets come from the environment, which all fixtures share.</summary>
[TestFixture]
[NonParallelizable]
sealed class CustomersCommandTests
{
    const string Ann = """{"name":"Ann Őry","email":"ann@example.com","address":{"lines":["12 Mill Lane"],"city":"Aberystwyth","country":"GB","postalCode":"SY23 1AB"}}""";

    readonly string _masterKey = NewKey();
    CommerceApp _app = null!;
    string[] _shop = null!;

    [OneTimeSetUp]
    public async Task Open()
    {
        _app = await CommerceApp.Start((PersonalDataSettings.MasterKeyKey, _masterKey));
        _shop = ["--postgres", _app.Host.ConnectionString];
    }

    [OneTimeTearDown]
    public async Task Close() => await _app.DisposeAsync();

    [SetUp]
    public void Configure() => Environment.SetEnvironmentVariable("Commerce__PersonalData__MasterKey", _masterKey);

    [TearDown]
    public void Unset()
    {
        Environment.SetEnvironmentVariable("Commerce__PersonalData__MasterKey", null);
        Environment.SetEnvironmentVariable("Commerce__PersonalData__OldMasterKeys", null);
    }

    [Test]
    public async Task A_customer_is_shown_erased_and_shown_as_erased_and_the_process_that_serves_knows_it()
    {
        var id = await Registered("cli-1");
        var shown = await Terminal.Run(["customers", "show", id, .. _shop]);
        Assert.That((shown.Code, shown.Error), Is.EqualTo((0, string.Empty)));
        Assert.That(shown.Output, Does.Contain("Ann Őry").And.Contain("ann@example.com").And.Contain("12 Mill Lane, SY23 1AB Aberystwyth, GB"));

        var erased = await Terminal.Run(["customers", "erase", id, "--reason", "legalObligation", "--asked-by", "authority", .. _shop]);
        Assert.That((erased.Code, erased.Error), Is.EqualTo((0, string.Empty)));
        Assert.That(erased.Output, Does.Contain($"{id} is erased"));
        Assert.That((await Terminal.Run(["customers", "erase", id, .. _shop])).Code, Is.Zero, "again");

        var after = await Terminal.Run(["customers", "show", id, .. _shop]);
        Assert.That((after.Code, after.Output.ReplaceLineEndings("\n")), Is.EqualTo((0, $"{id}\nerased   legalObligation, asked by authority\n")));
        var read = await new Shopper(_app).Until($"/customers/{id}", r => r.Status == 200 && r.Field("erased") == "True" && r.Json.TryGetProperty("erasureReason", out _));
        Assert.That((read.Field("erasureReason"), read.Field("name")), Is.EqualTo(("legalObligation", "")));
    }

    [TestCase("show", "nobody")]
    [TestCase("show", "ann@example.com")]
    [TestCase("erase", "nobody")]
    [TestCase("erase", "ann@example.com")]
    public async Task Of_nobody_nothing_is_known(string verb, string id)
    {
        var said = await Terminal.Run(["customers", verb, id, .. _shop]);
        Assert.That((said.Code, said.Output, said.Error.Trim()), Is.EqualTo((2, string.Empty, "commerce: There is no such customer. (customer-unknown)")));
    }

    [Test]
    public async Task A_reason_is_one_of_the_words_there_are()
    {
        var id = await Registered("cli-2");
        var said = await Terminal.Run(["customers", "erase", id, "--reason", "Ann phoned", .. _shop]);
        Assert.That(said.Code, Is.EqualTo(2));
        Assert.That(said.Error, Does.Contain("--reason is one of customerRequest").And.Not.Contain("Ann"));
        Assert.That((await Terminal.Run(["customers", "show", id, .. _shop])).Output, Does.Contain("Ann Őry"));
    }

    [Test]
    public async Task Without_its_master_key_a_customer_cannot_be_shown_and_can_be_erased()
    {
        var id = await Registered("cli-3");
        Environment.SetEnvironmentVariable("Commerce__PersonalData__MasterKey", null);
        var missing = await Terminal.Run(["customers", "show", id, .. _shop]);
        Assert.That(missing.Code, Is.EqualTo(2));
        Assert.That(missing.Error, Does.StartWith("commerce: No master key for personal data is configured"));

        Environment.SetEnvironmentVariable("Commerce__PersonalData__MasterKey", NewKey());
        Assert.That((await Terminal.Run(["customers", "show", id, .. _shop])).Error, Does.Contain("which is not configured"));
        Assert.That((await Terminal.Run(["customers", "erase", id, .. _shop])).Code, Is.Zero);
    }

    [Test]
    public async Task Keys_are_stored_with_a_new_master_key_while_the_shop_serves()
    {
        await using var app = await CommerceApp.Start((PersonalDataSettings.MasterKeyKey, _masterKey));
        var id = await Registered("cli-4", app);
        string[] shop = ["--postgres", app.Host.ConnectionString];
        var next = NewKey();
        Environment.SetEnvironmentVariable("Commerce__PersonalData__MasterKey", next);
        Environment.SetEnvironmentVariable("Commerce__PersonalData__OldMasterKeys", _masterKey);
        Assert.That((await Terminal.Run(["customers", "rewrap", .. shop])).Output, Does.StartWith("1 keys are stored with the current master key now"));

        Environment.SetEnvironmentVariable("Commerce__PersonalData__OldMasterKeys", null);
        Assert.That((await Terminal.Run(["customers", "show", id, .. shop])).Output, Does.Contain("Ann Őry"));
        Assert.That((await Terminal.Run(["customers", "rewrap", .. shop])).Output, Does.StartWith("0 keys"));
    }

    [Test]
    public async Task Keys_that_came_back_from_an_older_copy_are_destroyed_again()
    {
        await using var app = await CommerceApp.Start((PersonalDataSettings.MasterKeyKey, _masterKey));
        var (id, other) = (await Registered("cli-5", app), await Registered("cli-6", app));
        string[] shop = ["--postgres", app.Host.ConnectionString];
        await using var database = NpgsqlDataSource.Create(app.Host.ConnectionString);
        await Execute(database, "CREATE TABLE commerce.copy AS SELECT * FROM commerce.personal_keys");
        Assert.That((await Terminal.Run(["customers", "erase", id, .. shop])).Code, Is.Zero);
        await Execute(database, "DELETE FROM commerce.personal_keys; INSERT INTO commerce.personal_keys SELECT * FROM commerce.copy");
        Assert.That(await app.Host.PersonalKeys.Find(CustomerId.Of(id), default), Is.InstanceOf<FoundKey.Held>());

        Assert.That((await Terminal.Run(["customers", "erase-again", .. shop])).Output, Does.StartWith("1 customers are erased"));
        Assert.That(await app.Host.PersonalKeys.Find(CustomerId.Of(id), default), Is.InstanceOf<FoundKey.Destroyed>());
        Assert.That((await Terminal.Run(["customers", "show", other, .. shop])).Output, Does.Contain("Ann Őry"));
    }

    [TestCase("Commerce__PersonalData__MasterKey", "c2VjcmV0LXRleHQ=")]
    [TestCase("Commerce__PersonalData__MasterKey", "secret-text")]
    [TestCase("Commerce__PersonalData__OldMasterKeys", "secret-text")]
    public async Task A_master_key_that_is_none_is_refused_and_not_repeated(string name, string value)
    {
        Environment.SetEnvironmentVariable(name, value);
        var said = await Terminal.Run(["customers", "show", "nobody", .. _shop]);
        Assert.That(said.Code, Is.EqualTo(2));
        Assert.That(said.Error, Does.Contain("32 random bytes in base64").And.Not.Contain(value));
    }

    [Test]
    public void The_embedded_default_makes_one_master_key_for_its_owner_alone()
    {
        var folder = Directory.CreateTempSubdirectory("commerce-master-").FullName;
        try
        {
            var ids = Enumerable.Range(0, 8).AsParallel().WithDegreeOfParallelism(8).Select(_ => PersonalDataSettings.OfFolder(Path.Combine(folder, "data")).CurrentId).ToList();
            Assert.That(ids.Distinct().Count(), Is.EqualTo(1));
            var file = Directory.EnumerateFiles(Path.Combine(folder, "data")).Single();
            Assert.That(Path.GetFileName(file), Is.EqualTo("personal-data.key"));
            if (!OperatingSystem.IsWindows())
            {
                Assert.That(File.GetUnixFileMode(file), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(MasterKeys.KeyBytes));

    static async Task Execute(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    async Task<string> Registered(string key, CommerceApp? app = null)
    {
        var reply = await new Shopper(app ?? _app).Post("/customers", Ann, key);
        Assert.That(reply.Status, Is.EqualTo(201), reply.Text);
        return reply.Field("customerId");
    }
}
