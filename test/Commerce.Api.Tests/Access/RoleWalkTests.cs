using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Commerce.Api.Security;
using Commerce.Api.Tests.App;
using Commerce.Commands.Access;
using Commerce.Domain;
using Commerce.Domain.Access;
using Commerce.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Api.Tests.Access;

/// <summary>Every address there is, with all that somebody may come with: each is answered as the table of endpoints and roles says.</summary>
[TestFixture]
public sealed class RoleWalkTests : ApiTest
{
    const int RequestsAtOnceMax = 16;

    IReadOnlyList<(string With, string? Credentials, string? Refused, AccessRole? Role)> _visitors = [];

    IReadOnlyList<RouteEndpoint> Addresses => [.. App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    [OneTimeSetUp]
    public async Task MakeKeys()
    {
        var people = new People(App);
        var expired = await people.Expired();
        var revoked = await people.Revoked();
        _visitors =
        [
            ("nothing", null, "credentials-missing", null),
            ("another scheme", "Basic b3duZXI6b3duZXI=", "credentials-invalid", null),
            ("no key", "Bearer ck_nothing", "credentials-invalid", null),
            ("a key of nobody", Bearer(ApiKey.New()), "credentials-invalid", null),
            ("an expired key", Bearer(expired), "credentials-ended", null),
            ("a revoked key", Bearer(revoked), "credentials-ended", null),
            ("an expired token", $"Bearer {TestIssuer.Shared.Token("operator", change: t => (t.NotBefore, t.Expires) = (DateTime.UtcNow.AddHours(-2), DateTime.UtcNow.AddHours(-1)))}", "credentials-ended", null),
            ("a token of nobody", $"Bearer {TestIssuer.Shared.Token("operator", change: t => t.Issuer = "https://other.example")}", "credentials-invalid", null),
            ("an analyst's token", $"Bearer {TestIssuer.Shared.Token("analyst")}", null, AccessRole.Analyst),
            ("an operator's token", $"Bearer {TestIssuer.Shared.Token("operator")}", null, AccessRole.Operator),
            ("a consumer's key", Bearer(await people.Consumer("walk-consumer", CustomerId.Of("walk"))), null, AccessRole.Consumer),
            ("an analyst's key", Bearer(await people.With(AccessRole.Analyst)), null, AccessRole.Analyst),
            ("an auditor's key", Bearer(await people.With(AccessRole.Auditor)), null, AccessRole.Auditor),
            ("an operator's key", Bearer(await people.With(AccessRole.Operator)), null, AccessRole.Operator),
        ];
    }

    [Test]
    public async Task Every_address_answers_everybody_as_the_table_says()
    {
        var offences = new ConcurrentBag<string>();
        var visits = Addresses.SelectMany(address => _visitors.Select(visitor => (address, visitor))).ToList();
        await Parallel.ForEachAsync(visits, new ParallelOptions { MaxDegreeOfParallelism = RequestsAtOnceMax }, async (visit, ct) =>
        {
            var (address, (with, credentials, refused, role)) = visit;
            var (status, code, challenge) = await Visit(address, credentials, ct);
            var access = AccessTable.Of(address);
            var isAsTold =
                access is null ? status is 401 or 403
                : access.Roles is null ? code is not ("credentials-missing" or "credentials-invalid" or "credentials-ended" or "role-missing")
                : refused is not null ? (status, code, challenge) == (401, refused, "Bearer")
                : role is { } known && access.Allows(known) ? status is not (401 or 403)
                : (status, code, challenge) == (403, "role-missing", "Bearer");
            if (!isAsTold)
            {
                offences.Add($"{AccessTable.NameOf(address)} with {with}: {status} {code} {challenge}");
            }
        });

        Assert.That(visits, Has.Count.GreaterThan(500));
        Assert.That(offences.Order(), Is.Empty);
    }

    [Test]
    public void Every_address_has_a_row_and_every_row_an_address()
    {
        var names = Addresses.Select(AccessTable.NameOf).ToList();
        Assert.That(names, Is.Unique.And.EquivalentTo(AccessTable.Names));
    }

    [Test]
    public Task The_table_changes_only_when_somebody_wants_it_to() => Snapshot.Verify(
        string.Join('\n', Addresses
            .Select(a => (Name: AccessTable.NameOf(a), AccessTable.Of(a)?.Roles))
            .OrderBy(row => row.Name, StringComparer.Ordinal)
            .Select(row => $"{row.Name}: {(row.Roles is null ? "everybody" : string.Join(' ', row.Roles.Order()).ToLowerInvariant())}")) + "\n",
        "txt");

    [Test]
    public async Task What_is_nowhere_is_nowhere_for_everybody()
    {
        Assert.That((await Get("/nowhere", ("Authorization", "Bearer ck_nothing"))).Refusal, Is.EqualTo((404, "route-unknown")));
        Assert.That((await Send(HttpMethod.Delete, "/orders", null, ("Authorization", "Bearer ck_nothing"))).Refusal, Is.EqualTo((405, "method-not-allowed")));
    }

    static string Bearer(ApiKey key) => $"Bearer {key.Text}";

    async Task<(int Status, string? Code, string? Challenge)> Visit(RouteEndpoint address, string? credentials, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(new(MethodOf(address)), PathOf(address));
        request.Headers.Authorization = credentials is null ? null : AuthenticationHeaderValue.Parse(credentials);
        request.Headers.Add("Idempotency-Key", New("walk"));
        request.Content = request.Method == HttpMethod.Get ? null : new StringContent("{}", MediaTypeHeaderValue.Parse("application/json"));
        using var response = await App.Anybody.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        var reply = response.Content.Headers.ContentType?.MediaType == "application/problem+json" ? await Reply.Of(response) : null;
        return ((int)response.StatusCode, reply?.Code, response.Headers.WwwAuthenticate.FirstOrDefault()?.Scheme);
    }

    static string MethodOf(RouteEndpoint address) => address.Metadata.GetMetadata<IHttpMethodMetadata>() is { HttpMethods: [var method, ..] } ? method : "GET";

    // Of nothing that exists: whoever is let in finds nothing to do.
    static string PathOf(RouteEndpoint address) => "/" + string.Join('/', address.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
    {
        Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
        Microsoft.AspNetCore.Routing.Patterns.RoutePatternSeparatorPart separator => separator.Content,
        Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "id" or "claim" } => "01920000-0000-7000-8000-00000000dead",
        _ => "walk",
    }))));
}
