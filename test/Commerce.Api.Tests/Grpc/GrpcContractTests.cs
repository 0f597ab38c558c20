using Commerce.Testing;
using Commerce.Testing.Servers;

namespace Commerce.Api.Tests.Grpc;

/// <summary>The contract of gRPC. Clients were built with it: a line may be added, none may change or go.</summary>
[TestFixture]
public sealed class GrpcContractTests
{
    static string Committed => Path.Combine(Checkout.Root, "test", "Commerce.Api.Tests", "Grpc", $"{nameof(GrpcContractTests)}.{nameof(The_contract_changes_only_when_somebody_wants_it_to)}.verified.txt");

    [Test]
    public async Task The_contract_changes_only_when_somebody_wants_it_to() => await Snapshot.Verify(string.Join('\n', GrpcContract.Lines), "txt");

    [Test]
    public async Task Nothing_that_a_client_relies_on_is_gone_or_changed() => Assert.That(GrpcContract.Breaks(await File.ReadAllLinesAsync(Committed), GrpcContract.Lines), Is.Empty);

    [TestCase("commerce.v1.Money.amount string = 3", "commerce.v1.Money.amount was 'string = 3' and is 'string = 1'")]
    [TestCase("commerce.v1.Money.amount int64 = 1", "commerce.v1.Money.amount was 'int64 = 1' and is 'string = 1'")]
    [TestCase("commerce.v1.Money.scale int32 = 3", "commerce.v1.Money.scale is gone")]
    [TestCase("commerce.v1.Audit/Tail (commerce.v1.FollowRequest) returns (stream commerce.v1.Followed)", "commerce.v1.Audit/Tail is gone")]
    [TestCase("commerce.v1.Audit/Follow (commerce.v1.FollowRequest) returns (commerce.v1.Followed)", "commerce.v1.Audit/Follow was '(commerce.v1.FollowRequest) returns (commerce.v1.Followed)' and is '(commerce.v1.FollowRequest) returns (stream commerce.v1.Followed)'")]
    public void What_breaks_is_named(string was, string expected) => Assert.That(GrpcContract.Breaks([was], GrpcContract.Lines), Is.EqualTo(new[] { expected }));

    [Test]
    public void Every_service_method_message_and_field_is_documented()
    {
        var undocumented = Directory.EnumerateFiles(Path.Combine(Checkout.Root, "Commerce.Api", "Grpc", "Protos"), "*.proto", SearchOption.AllDirectories)
            .SelectMany(file => File.ReadLines(file).Prepend(string.Empty).Zip(File.ReadLines(file), (before, line) => (before, line)))
            .Where(pair => IsDeclared(pair.line.Trim()) && !pair.before.TrimStart().StartsWith("//", StringComparison.Ordinal))
            .Select(pair => pair.line.Trim());
        Assert.That(undocumented, Is.Empty);
    }

    static bool IsDeclared(string line) =>
        !line.StartsWith("//", StringComparison.Ordinal) && (line.StartsWith("service ", StringComparison.Ordinal) || line.StartsWith("rpc ", StringComparison.Ordinal) || line.StartsWith("message ", StringComparison.Ordinal)
        || line.StartsWith("oneof ", StringComparison.Ordinal) || (line.Contains(" = ", StringComparison.Ordinal) && !line.StartsWith("option ", StringComparison.Ordinal) && !line.StartsWith("syntax", StringComparison.Ordinal)));
}
