using Commerce.Commands.EventLog;
using Commerce.Domain.Log;
using Npgsql;

namespace Commerce.Commands.Tests.EventLog;

[TestFixture]
public sealed class EventLogLocationTests
{
    [TestCase("postgresql://shop:s%40cret@db:5433/log?sslmode=verify-full&application_name=copy", "db", 5433, "log", "shop", "s@cret")]
    [TestCase("postgres://db/log", "db", 5432, "log", null, null)]
    [TestCase("Host=db;Port=5433;Database=log;Username=shop;Password=s@cret", "db", 5433, "log", "shop", "s@cret")]
    public void A_log_in_PostgreSQL_is_named_by_a_url_or_as_Npgsql_has_it(string text, string host, int port, string database, string? user, string? password)
    {
        var location = EventLogLocation.Parse(text);

        var parts = new NpgsqlConnectionStringBuilder((location as EventLogLocation.Postgres)?.ConnectionString);
        Assert.That((parts.Host, parts.Port, parts.Database, parts.Username, parts.Password), Is.EqualTo((host, port, database, user, password)));
        Assert.That((location.Engine, location.Place), Is.EqualTo(("postgresql", $"{host}:{port}/{database}")));
    }

    [Test]
    public void Parameters_of_a_url_mean_what_they_mean_to_PostgreSQLs_own_programs()
    {
        var location = (EventLogLocation.Postgres)EventLogLocation.Parse("postgresql://db/log?sslmode=verify-full&application_name=copy&connect_timeout=3");

        var parts = new NpgsqlConnectionStringBuilder(location.ConnectionString);
        Assert.That((parts.SslMode, parts.ApplicationName, parts.Timeout), Is.EqualTo((SslMode.VerifyFull, "copy", 3)));
    }

    [TestCase("esdb://shop:s3cret@db?tls=false", "db:2113")]
    [TestCase("esdb+discover://shop:s3cret@db:2114", "db:2114")]
    [TestCase("KurrentDB://one,two:99", "one:2113,two:99")]
    [TestCase("kurrentdb+discover://db", "db:2113")]
    public void A_log_in_EventStoreDB_is_named_by_the_url_that_its_clients_take(string url, string place)
    {
        var location = EventLogLocation.Parse(url);

        Assert.That((location as EventLogLocation.EventStoreDb)?.ConnectionString, Is.EqualTo(url));
        Assert.That($"{location}", Is.EqualTo($"eventStoreDb at {place}"));
    }

    [TestCase("kafka://shop:s3cret@db")]
    [TestCase("esdb://shop:s3cret@db?tls=perhaps")]
    [TestCase("postgresql://shop:s3cret@")]
    [TestCase("s3cret")]
    public void What_names_no_log_is_refused_in_a_sentence_without_its_password(string text)
    {
        var refused = Assert.Catch<EventLogException>(() => EventLogLocation.Parse(text));

        Assert.That(refused?.Message, Does.Not.Contain("s3cret").And.Not.Contain("\n"));
    }

    [Test]
    public void Its_text_names_the_place_and_no_secret() =>
        Assert.That($"{EventLogLocation.Parse("postgresql://shop:s3cret@db/log")}", Is.EqualTo("postgresql at db:5432/log"));
}
