using System.Net;
using System.Net.Sockets;
using Commerce.Commands.Webhooks;
using Commerce.Testing.Webhooks;

namespace Commerce.Commands.Tests.Webhooks;

/// <summary>Webhooks go to public addresses, whatever a name says and however often it changes its mind.</summary>
public sealed class WebhookAddressTests
{
    [TestCase("93.184.215.14")]
    [TestCase("172.15.255.255")]
    [TestCase("172.32.0.0")]
    [TestCase("2606:2800:21f:cb07:6820:80da:af6b:8b2c")]
    public void Public_addresses_are_sent_to(string address) => Assert.That(Nothing().IsAllowed(IPAddress.Parse(address)), Is.True);

    [TestCase("127.0.0.1")]
    [TestCase("127.255.255.255")]
    [TestCase("0.0.0.0")]
    [TestCase("10.0.0.1")]
    [TestCase("172.16.0.1")]
    [TestCase("172.31.255.255")]
    [TestCase("192.168.1.1")]
    [TestCase("100.64.0.1")]
    [TestCase("169.254.169.254")]
    [TestCase("224.0.0.1")]
    [TestCase("255.255.255.255")]
    [TestCase("::")]
    [TestCase("::1")]
    [TestCase("fe80::1")]
    [TestCase("fd00::1")]
    [TestCase("ff02::1")]
    [TestCase("::ffff:127.0.0.1")]
    [TestCase("::ffff:10.0.0.1")]
    [TestCase("64:ff9b::7f00:1")]
    [TestCase("2002:7f00:1::")]
    [TestCase("2001:db8::1")]
    public void Others_are_not(string address) => Assert.That(Nothing().IsAllowed(IPAddress.Parse(address)), Is.False);

    [Test]
    public void What_the_configuration_allows_is_sent_to_also_within_IPv6()
    {
        var addresses = new WebhookAddresses([IPNetwork.Parse("10.1.0.0/16")]);
        Assert.That(new[] { "10.1.2.3", "::ffff:10.1.2.3", "10.2.0.1" }.Select(a => addresses.IsAllowed(IPAddress.Parse(a))), Is.EqualTo([true, true, false]));
    }

    [Test]
    public async Task A_name_that_means_a_private_address_is_refused_before_anything_is_connected_to()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var answer = await Send(new WebhookAddresses([], (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback, IPAddress.Parse("::ffff:127.0.0.1")])), port);
        Assert.That(answer, Is.EqualTo(new WebhookAnswer(null, "address not allowed")));
        Assert.That(listener.Pending(), Is.False);
    }

    [Test]
    public async Task A_name_is_looked_up_for_every_delivery_and_the_connection_goes_to_what_was_checked()
    {
        await using var receiver = await ScriptedReceiver.Start();
        var port = new Uri(receiver.Url).Port;
        var looks = 0;

        // First it means what may be sent to; then it changes its mind.
        using var sender = Sender(new([IPNetwork.Parse("127.0.0.1/32")], (_, _) => Task.FromResult<IPAddress[]>(looks++ == 0 ? [IPAddress.Parse("10.0.0.1"), IPAddress.Loopback] : [IPAddress.Parse("127.0.0.2")])));
        Assert.That((await Send(sender, port)).Status, Is.EqualTo(204));
        Assert.That((await Send(sender, port)).Error, Is.EqualTo("address not allowed"));
        Assert.That((looks, receiver.Tries), Is.EqualTo((2, 1)));
    }

    static WebhookAddresses Nothing() => new([]);

    static WebhookSender Sender(WebhookAddresses addresses) => new(addresses, TimeSpan.FromSeconds(30), TimeProvider.System);

    static async Task<WebhookAnswer> Send(WebhookAddresses addresses, int port)
    {
        using var sender = Sender(addresses);
        return await Send(sender, port);
    }

    static Task<WebhookAnswer> Send(WebhookSender sender, int port) => sender.Send(new Uri($"http://receiver.example.org:{port}/"), "evt_1", "{}"u8.ToArray(), [], default);
}
