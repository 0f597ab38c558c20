using Commerce.Testing.Servers;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Commerce.Commands.Tests.Servers;

[TestFixture]
sealed class RabbitMqForTestsTests
{
    [Test]
    public async Task Every_virtual_host_is_fresh_and_takes_messages()
    {
        var server = await RabbitMqForTests.Server();
        await using var first = await Connect(server.NewVirtualHost());
        await using var second = await Connect(server.NewVirtualHost());
        await using var channel = await first.CreateChannelAsync();
        await using var other = await second.CreateChannelAsync();

        await channel.QueueDeclareAsync("orders", durable: true, exclusive: false, autoDelete: false);
        await channel.BasicPublishAsync("", "orders", "hello"u8.ToArray());

        Assert.That(async () => await other.QueueDeclarePassiveAsync("orders"), Throws.InstanceOf<OperationInterruptedException>());
        Assert.That(await channel.BasicGetAsync("orders", autoAck: true), Is.Not.Null);
    }

    [Test]
    public async Task A_broker_that_was_killed_comes_back_with_what_it_stored()
    {
        await using var server = await RabbitMqForTests.StartAnother();
        await using (var before = await Connect(server.Uri))
        {
            await using var channel = await before.CreateChannelAsync();
            await channel.QueueDeclareAsync("orders", durable: true, exclusive: false, autoDelete: false);
        }

        // Of a message the broker says when it is on disk, of a queue it does not: it writes that behind its answer.
        await server.Stop();
        await server.Start();
        await using (var again = await Connect(server.Uri))
        {
            await using var channel = await again.CreateChannelAsync(new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
            await channel.BasicPublishAsync("", "orders", mandatory: true, new BasicProperties { Persistent = true }, "kept"u8.ToArray());
            await server.Kill();
        }

        await server.Start();

        await using var after = await Connect(server.Uri);
        await using var reader = await after.CreateChannelAsync();
        Assert.That(await reader.BasicGetAsync("orders", autoAck: true), Is.Not.Null);
    }

    static Task<IConnection> Connect(Uri uri) => new ConnectionFactory { Uri = uri, AutomaticRecoveryEnabled = false }.CreateConnectionAsync();
}
