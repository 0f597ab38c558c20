using Commerce.Api.Composition;

namespace Commerce.Api.Tests;

[TestFixture]
public sealed class SettingsTests
{
    static readonly (string Key, string Value)[] Issuer =
        [(TokenSettings.IssuerKey, "https://issuer.example"), (TokenSettings.AudienceKey, "commerce"), (TokenSettings.KeysKey, "/etc/commerce/keys.json")];

    [TestCase(CommerceSettings.EventLogKey, "kafka://host", "postgresql://")]
    [TestCase(CommerceSettings.EventLogKey, "Hast=x", "connection string")]
    [TestCase(CommerceSettings.StreamPrefixKey, "order-", "shop1.")]
    [TestCase(CommerceSettings.BusKey, "http://host", "inmemory")]
    [TestCase(CommerceSettings.RolesKey, "api,cashier", "cashier")]
    [TestCase(CommerceSettings.RolesKey, ",", "roles")]
    [TestCase(CommerceSettings.RolesKey, "api,relay", "--bus")]
    [TestCase(CommerceSettings.PostgresKey, "Hast=x", "connection string")]
    [TestCase(CommerceSettings.SandboxKey, "perhaps", "true or false")]
    [TestCase(CommerceSettings.ProviderKey, "ftp://host", "http")]
    [TestCase(CommerceSettings.AskAfterKey, "00:00:00.5", "from a second")]
    [TestCase(CommerceSettings.BreakerOpensKey, "30", "from half a second")]
    [TestCase(CommerceSettings.UrlsKey, "localhost", "http://")]
    [TestCase(CallbackSettings.ProviderNameKey, "Our Bank", "lower-case")]
    [TestCase(CallbackSettings.SecretsKey, "s3cret", "whsec_")]
    [TestCase(CallbackSettings.SecretsKey, "a,b,c,d", "3 secrets")]
    [TestCase(AdmissionSettings.ClientBurstKey, "many", "whole number")]
    [TestCase(AdmissionSettings.AddressPerSecondKey, "0", "between 1 and 1000000")]
    [TestCase(HttpSettings.HeadersTimeKey, "10 s", "00:00:10")]
    [TestCase(HttpSettings.KeepAliveKey, "02:00:00", "between 00:00:01 and 01:00:00")]
    [TestCase(HttpSettings.SlowestGraceKey, "00:00:01", "between 00:00:01.1")]
    [TestCase(HttpSettings.ConnectionsKey, "-1", "whole number")]
    [TestCase(HttpSettings.OriginsKey, "https://shop.example/", "origins like")]
    [TestCase(HttpSettings.OriginsKey, "*", "origins like")]
    [TestCase(HttpSettings.ProxiesKey, "proxy.example", "10.1.0.0/16")]
    [TestCase(HttpSettings.CertificateKey, "/nowhere.pfx", "cannot be used")]
    [TestCase(CommerceSettings.UrlsKey, "https://127.0.0.1:5443", "certificate")]
    [TestCase(AdmissionSettings.SaleClaimsKey, "0", "between 1 and")]
    [TestCase(AdmissionSettings.ClientPerSecondKey, "1000001", "between 1 and 1000000")]
    [TestCase(FulfilmentSettings.LocationsKey, "main,main", "each once")]
    [TestCase(FulfilmentSettings.LocationsKey, "main,over there", "main,annexe")]
    [TestCase(FulfilmentSettings.ReservationTimeKey, "a month", "30.00:00:00")]
    [TestCase(FulfilmentSettings.TimeToPayKey, "-00:15:00", "above zero")]
    public void A_setting_that_is_none_is_refused_in_one_sentence(string key, string value, string hint)
    {
        var refused = Assert.Throws<CommerceSettingsException>(() => Read((key, value)));
        Assert.That(refused?.Message, Does.Contain(hint).And.Not.Contain("\n"));
    }

    [TestCase(TokenSettings.IssuerKey, "", "Tokens:Issuer is missing")]
    [TestCase(TokenSettings.AudienceKey, " ", "Tokens:Audience is missing")]
    [TestCase(TokenSettings.KeysKey, "", "Tokens:Keys is missing")]
    [TestCase(TokenSettings.KeysKey, "http://issuer.example/keys", "https")]
    [TestCase(TokenSettings.KeysKey, "keys.json", "absolute path")]
    [TestCase(TokenSettings.AlgorithmsKey, "RS256,none", "PS256")]
    [TestCase(TokenSettings.AlgorithmsKey, ",", "PS256")]
    [TestCase(TokenSettings.ClockSkewSecondsKey, "301", "0 to 300")]
    [TestCase(TokenSettings.ClockSkewSecondsKey, "-1", "0 to 300")]
    public void Tokens_are_taken_by_whole_settings_or_the_start_is_refused(string key, string value, string hint)
    {
        var refused = Assert.Throws<CommerceSettingsException>(() => Read([.. Issuer.Where(s => s.Key != key), (key, value)]));
        Assert.That(refused?.Message, Does.Contain(hint).And.Not.Contain("\n"));
    }

    [Test]
    public void An_issuers_tokens_are_taken_with_signatures_that_only_it_can_make()
    {
        var tokens = Read(Issuer).Access.Tokens;
        Assert.That((tokens?.Issuer, tokens?.Audience, tokens?.Keys.LocalPath), Is.EqualTo(("https://issuer.example", "commerce", "/etc/commerce/keys.json")));
        Assert.That(tokens?.Algorithms, Has.None.StartsWith("HS").And.None.EqualTo("none"));
        Assert.That(Read().Access.Tokens, Is.Null);
    }

    [TestCase("kafka://shop:s3cret@host")]
    [TestCase("shop:s3cret@host")]
    [TestCase("Host=db;Pasword=s3cret")]
    [TestCase("postgresql://shop:s3cret@db/commerce?sslmode=s3cret")]
    public void A_log_that_is_none_is_refused_without_repeating_its_password(string value)
    {
        var refused = Assert.Throws<CommerceSettingsException>(() => Read((CommerceSettings.EventLogKey, value)));
        Assert.That(refused?.Message, Does.Not.Contain("s3cret").And.Not.Contain("\n"));
    }

    [Test]
    public void With_nothing_set_all_roles_run_here_on_a_private_database_with_the_sandbox()
    {
        var settings = Read();
        Assert.That(
            (settings.Postgres, settings.Bus, settings.Roles, settings.IsSandbox, settings.Urls, settings.DataFolder),
            Is.EqualTo(((string?)null, (Uri?)null, Roles.All, true, "http://127.0.0.1:5080", ".commerce")));
    }

    [Test]
    public void On_a_database_of_its_own_the_role_sagas_wants_a_payment_provider()
    {
        Assert.Throws<CommerceSettingsException>(() => Read((CommerceSettings.PostgresKey, "Host=db")));
        Assert.That(Read((CommerceSettings.PostgresKey, "Host=db"), (CommerceSettings.ProviderKey, "https://pay.example/")).IsSandbox, Is.False);
        Assert.That(Read((CommerceSettings.PostgresKey, "Host=db"), (CommerceSettings.RolesKey, "api,projections")).Roles, Is.EqualTo(Roles.Api | Roles.Projections));
    }

    [Test]
    public void Relay_and_sagas_run_apart_over_a_broker() => Assert.That(
        Read((CommerceSettings.RolesKey, "relay"), (CommerceSettings.BusKey, "rabbitmq://guest:guest@broker:5672/commerce")).Roles, Is.EqualTo(Roles.Relay));

    [Test]
    public void Where_stock_is_looked_for_and_how_long_it_is_waited_is_the_houses_choice()
    {
        var chosen = Read((FulfilmentSettings.LocationsKey, "main, annexe"), (FulfilmentSettings.ReservationTimeKey, "7.00:00:00"), (FulfilmentSettings.TimeToPayKey, "01:00:00")).Fulfilment;
        Assert.That(chosen.Locations.Select(l => l.Value), Is.EqualTo(["main", "annexe"]));
        Assert.That((chosen.ReservationTime, chosen.TimeToPay), Is.EqualTo((TimeSpan.FromDays(7), TimeSpan.FromHours(1))));
        Assert.That(Read().Fulfilment, Is.EqualTo(Domain.Fulfilment.FulfilmentPolicy.Default).Using<Domain.Fulfilment.FulfilmentPolicy>((a, b) =>
            a.Locations.SequenceEqual(b.Locations) && (a.ReservationTime, a.TimeToPay) == (b.ReservationTime, b.TimeToPay)));
    }

    static CommerceSettings Read(params (string Key, string Value)[] settings) =>
        CommerceSettings.Read(CommerceSettings.ReadSources(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value))));
}
