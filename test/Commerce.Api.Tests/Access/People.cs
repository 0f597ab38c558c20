using Commerce.Api.Tests.App;
using Commerce.Commands.Access;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Access;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Api.Tests.Access;

/// <summary>Clients of an application, each with a key of its own.</summary>
sealed class People(CommerceApp app)
{
    static readonly CommandContext Ops = new("ops");

    /// <summary>A client of a role that has no customers.</summary>
    public Task<ApiKey> With(AccessRole role, string? client = null) => Make(new(client ?? $"some-{role}", role));

    /// <summary>A consumer, whose customers these are.</summary>
    public Task<ApiKey> Consumer(string client, params CustomerId[] customers) => Make(new(client, AccessRole.Consumer) { Customers = [.. customers] });

    /// <summary>An operator's key that has expired.</summary>
    public async Task<ApiKey> Expired()
    {
        var key = ApiKey.New();
        var then = DateTimeOffset.UtcNow.AddHours(-2);
        var create = new AccessKeyCommand.Create(key.Id, key.Hash, new("some-operator", AccessRole.Operator) { ExpiresAt = then.AddHours(1) }, then);
        await app.Host.Commands.Handle(AccessKeys.Decider, AccessKeys.Stream, create, Ops, default);
        await Look();
        return key;
    }

    /// <summary>An operator's key that is revoked.</summary>
    public async Task<ApiKey> Revoked()
    {
        var key = await With(AccessRole.Operator);
        await app.Host.Keys.Revoke(key.Id, TimeSpan.Zero, "a test", Ops, default);
        await Look();
        return key;
    }

    async Task<ApiKey> Make(AccessGrant grant)
    {
        var made = await app.Host.Keys.Create(grant, Ops, default);
        await Look();
        return made.Key ?? throw new AssertionException($"{made.Outcome}");
    }

    /// <summary>Has the application look what was done to keys.</summary>
    public Task Look() => app.Services.GetRequiredService<KnownKeys>().Look(default);
}
