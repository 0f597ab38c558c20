using System.Text.Json;
using Commerce.Api.Tests.App;
using Commerce.Testing.Servers;

namespace Commerce.Api.Tests.Grpc;

/// <summary>A client that is not ours: Node with @grpc/grpc-js, which knows the contract by reflection.</summary>
[TestFixture]
public sealed class GrpcNodeTests : GrpcTest
{
    [Test]
    public async Task A_stranger_finds_the_services_orders_and_follows_the_order_live()
    {
        var ran = await NodeProgram.Run("grpc-shop.mjs", [App.GrpcAddress.Authority, New("NODE"), CommerceApp.OperatorKey.Text]);
        Assert.That(ran.ExitCode, Is.Zero, ran.Errors);

        var saw = JsonElement.Parse(ran.Output);
        Assert.That(saw.GetProperty("services").EnumerateArray().Select(s => s.GetString()), Is.SupersetOf(new[] { "commerce.v1.Orders", "commerce.v1.Audit", "grpc.health.v1.Health" }));
        Assert.That(saw.GetProperty("health").GetInt32(), Is.EqualTo(1));
        Assert.That(saw.GetProperty("events").EnumerateArray().Select(e => e.GetString()), Is.EqualTo(new[] { "order-placed.v1", "order-confirmed.v1" }));
        Assert.That((saw.GetProperty("status").GetString(), saw.GetProperty("total").GetProperty("amount").GetString()), Is.EqualTo(("confirmed", "9.90")));
        Assert.That(saw.GetProperty("refused").GetProperty("code").GetInt32(), Is.EqualTo((int)global::Grpc.Core.StatusCode.FailedPrecondition));
        Assert.That((await Get($"/orders/{saw.GetProperty("orderId").GetString()}")).Field("status"), Is.EqualTo("confirmed"));
    }
}
