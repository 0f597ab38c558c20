using Commerce.Commands.EventLog.EventStoreDb;

namespace Commerce.Commands.Tests.EventLog.EventStoreDb;

[TestFixture]
sealed class EventStoreDbConnectionStringTests
{
    [Test]
    public void What_is_not_said_is_as_the_official_client_has_it()
    {
        var read = EventStoreDbConnectionString.Parse("esdb://localhost");

        Assert.That(read.Hosts, Is.EqualTo(new[] { new NodeAddress("localhost", 2113) }));
        Assert.That((read.Discover, read.User, read.Password, read.Tls, read.TlsVerifyCert), Is.EqualTo((false, (string?)null, (string?)null, true, true)));
        Assert.That((read.DefaultDeadline, read.NodePreference), Is.EqualTo((TimeSpan.FromSeconds(10), NodePreference.Leader)));
        Assert.That((read.MaxDiscoverAttempts, read.DiscoveryInterval, read.GossipTimeout), Is.EqualTo((10, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5))));
        Assert.That((read.KeepAliveInterval, read.KeepAliveTimeout), Is.EqualTo((TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10))));
    }

    [Test]
    public void Every_setting_is_read_in_whatever_case()
    {
        var read = EventStoreDbConnectionString.Parse(
            "ESDB://localhost:1?TLS=False&tlsverifycert=false&ConnectionName=shop%201&defaultDeadline=1500&nodePreference=readonlyreplica&MAXDISCOVERATTEMPTS=3&discoveryInterval=7&gossipTimeout=9&keepAliveInterval=-1&keepAliveTimeout=1100");

        Assert.That((read.Tls, read.TlsVerifyCert, read.ConnectionName), Is.EqualTo((false, false, "shop 1")));
        Assert.That((read.DefaultDeadline, read.NodePreference), Is.EqualTo((TimeSpan.FromMilliseconds(1500), NodePreference.ReadOnlyReplica)));
        Assert.That((read.MaxDiscoverAttempts, read.DiscoveryInterval, read.GossipTimeout), Is.EqualTo((3, TimeSpan.FromMilliseconds(7), TimeSpan.FromMilliseconds(9))));
        Assert.That((read.KeepAliveInterval, read.KeepAliveTimeout), Is.EqualTo((Timeout.InfiniteTimeSpan, TimeSpan.FromMilliseconds(1100))));
    }

    [TestCase("esdb://a", false, "a:2113")]
    [TestCase("esdb://a:1/", false, "a:1")]
    [TestCase("kurrentdb://a:65535?tls=true", false, "a:65535")]
    [TestCase("esdb+discover://a", true, "a:2113")]
    [TestCase("kurrentdb+discover://a.b.c:21", true, "a.b.c:21")]
    [TestCase("esdb://a,b:7,10.0.0.3", true, "a:2113 b:7 10.0.0.3:2113")]
    [TestCase("esdb://[::1],[fe80::1]:7", true, "[::1]:2113 [fe80::1]:7")]
    public void Hosts_are_read_and_several_are_a_cluster(string text, bool discover, string hosts)
    {
        var read = EventStoreDbConnectionString.Parse(text);

        Assert.That((read.Discover, string.Join(' ', read.Hosts)), Is.EqualTo((discover, hosts)));
    }

    [TestCase("esdb://admin:changeit@a", "admin", "changeit")]
    [TestCase("esdb://%C3%A4%3A:p%40ss%2F%3Fw%25rd@a,b", "ä:", "p@ss/?w%rd")]
    [TestCase("esdb://u:p:q@a", "u", "p:q")]
    [TestCase("esdb://u:p@q@a", "u", "p@q")]
    public void Credentials_are_percent_decoded_and_never_shown(string text, string user, string password)
    {
        var read = EventStoreDbConnectionString.Parse(text);

        Assert.That((read.User, read.Password), Is.EqualTo((user, password)));
        Assert.That(read.ToString(), Does.Contain(user).And.Not.Contain(password));
    }

    [TestCase("", "esdb://")]
    [TestCase("localhost:2113", "esdb://")]
    [TestCase("http://localhost", "esdb://")]
    [TestCase("esdb://", "host")]
    [TestCase("esdb://a,,b", "host")]
    [TestCase("esdb://a b", "host")]
    [TestCase("esdb://a:0", "a port")]
    [TestCase("esdb://a:65536", "a port")]
    [TestCase("esdb://a:x1secret", "a port")]
    [TestCase("esdb://secret@a", "user:password")]
    [TestCase("esdb://:secret@a", "user:password")]
    [TestCase("esdb://u:secret?x=1@a", "percent-encoded")]
    [TestCase("esdb://u:secret@a?tsl=false", "'tsl'")]
    [TestCase("esdb://u:secret@a?tls", "'tls'")]
    [TestCase("esdb://u:secret@a?tls=no", "'tls'")]
    [TestCase("esdb://u:secret@a?tls=false&TLS=true", "'TLS' twice")]
    [TestCase("esdb://u:secret@a?tlsVerifyCert=1", "'tlsVerifyCert'")]
    [TestCase("esdb://u:secret@a?nodePreference=lead", "'nodePreference'")]
    [TestCase("esdb://u:secret@a?nodePreference=1", "'nodePreference'")]
    [TestCase("esdb://u:secret@a?defaultDeadline=0", "'defaultDeadline'")]
    [TestCase("esdb://u:secret@a?defaultDeadline=10s", "'defaultDeadline'")]
    [TestCase("esdb://u:secret@a?maxDiscoverAttempts=-1", "'maxDiscoverAttempts'")]
    [TestCase("esdb://u:secret@a?keepAliveInterval=-2", "'keepAliveInterval'")]
    [TestCase("esdb://u:secret@a?keepAliveInterval=999", "'keepAliveInterval'")]
    [TestCase("esdb://u:secret@a?keepAliveTimeout=11", "'keepAliveTimeout'")]
    [TestCase("esdb://u:secret@a?connectionName=%0D%0A", "'connectionName'")]
    public void Whatever_is_wrong_is_named_in_one_sentence_without_the_password(string text, string named)
    {
        var wrong = Assert.Throws<EventStoreDbConnectionStringException>(() => EventStoreDbConnectionString.Parse(text));

        Assert.That(wrong?.Message, Does.Contain(named).And.StartWith("EventStoreDB's connection string ").And.EndsWith(".").And.Not.Contain("secret").And.Not.Contain('\n'));
    }

    [FsCheck.NUnit.Property]
    public bool No_text_breaks_the_reader(string? text)
    {
        foreach (var whole in new[] { text ?? "", "esdb://" + text, "esdb://a?" + text, $"esdb://{text}@a" })
        {
            try
            {
                EventStoreDbConnectionString.Parse(whole);
            }
            catch (EventStoreDbConnectionStringException)
            {
                // That is its way to say no.
            }
        }

        return true;
    }
}
