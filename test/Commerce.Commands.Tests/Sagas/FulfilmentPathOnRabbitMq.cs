using Commerce.Commands.Sagas;
using Commerce.Testing.Servers;

namespace Commerce.Commands.Tests.Sagas;

[TestFixture]
public sealed class FulfilmentPathOnRabbitMq : FulfilmentPath
{
    private protected override async Task<SagaOptions> Options() => ShortPauses.Options((await RabbitMqForTests.Server()).Uri);
}
