using System.Security.Cryptography;
using System.Text;
using Commerce.Api.Security;
using Commerce.Domain;
using Commerce.Domain.Access;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.IdentityModel.Tokens;

namespace Commerce.Api.Tests.Access;

/// <summary>Tokens of an issuer: which are taken, and for whom.</summary>
[TestFixture]
public sealed class TokenTests
{
    readonly TestIssuer _issuer = new();
    TokenOptions _options = null!;
    IssuerKeys _keys = null!;
    Tokens _tokens = null!;

    [SetUp]
    public async Task Begin()
    {
        _options = new() { Issuer = TestIssuer.Name, Audience = TestIssuer.Audience, Keys = new(_issuer.File) };
        _issuer.Publish(_issuer.Key);
        await Take(_options);
    }

    [TearDown]
    public void End()
    {
        _tokens.Dispose();
        _keys.Dispose();
    }

    [OneTimeTearDown]
    public void Close() => _issuer.Dispose();

    [Test]
    public async Task A_token_says_who_comes_and_what_for()
    {
        var (caller, refusal) = await _tokens.Check(_issuer.Token("analyst", "reports"));
        Assert.That((caller?.Name, caller?.Role, refusal), Is.EqualTo(("jwt:reports", (AccessRole?)AccessRole.Analyst, (object?)null)));
    }

    [Test]
    public async Task A_consumer_has_the_customers_that_its_token_names()
    {
        var ann = (await _tokens.Check(_issuer.Token("consumer", claims: ("customers", new[] { "ann", "eve" })))).Caller;
        var web = (await _tokens.Check(_issuer.Token("consumer", claims: ("customers", "*")))).Caller;
        var nobody = (await _tokens.Check(_issuer.Token("consumer"))).Caller;
        Assert.That(new[] { ann, web, nobody }.Select(c => c?.MayActFor(CustomerId.Of("ann"))), Is.EqualTo(new bool?[] { true, true, false }));
        Assert.That(new[] { ann, web, nobody }.Select(c => c?.MayActFor(CustomerId.Of("bob"))), Is.EqualTo(new bool?[] { false, true, false }));
    }

    [Test]
    public async Task Claims_are_called_as_it_is_configured()
    {
        await Take(_options with { ClientClaim = "azp", RoleClaim = "https://shop.example/roles", CustomersClaim = "accounts" });
        var token = _issuer.Token("none", claims: [("azp", "web"), ("https://shop.example/roles", new[] { "email", "consumer" }), ("accounts", "ann bob")]);
        var (caller, _) = await _tokens.Check(token);
        Assert.That((caller?.Name, caller?.Role, caller?.MayActFor(CustomerId.Of("bob"))), Is.EqualTo(("jwt:web", (AccessRole?)AccessRole.Consumer, (bool?)true)));
    }

    [Test]
    public async Task What_is_not_of_this_issuer_for_us_by_its_key_is_refused()
    {
        using var foreign = RSA.Create(2048);
        var strangers = new RsaSecurityKey(foreign) { KeyId = "stranger" };
        var pretended = new RsaSecurityKey(foreign) { KeyId = _issuer.Key.KeyId };
        var good = _issuer.Token("operator");
        var refused = new Dictionary<string, string>
        {
            ["another issuer"] = _issuer.Token("operator", change: t => t.Issuer = "https://other.example"),
            ["another audience"] = _issuer.Token("operator", change: t => t.Audience = "other"),
            ["no end"] = _issuer.Token("operator", change: t => t.Expires = null),
            ["not valid yet"] = _issuer.Token("operator", change: t => (t.NotBefore, t.Expires) = (DateTime.UtcNow.AddMinutes(5), DateTime.UtcNow.AddMinutes(9))),
            ["a key of nobody"] = _issuer.Token("operator", change: t => t.SigningCredentials = new(strangers, SecurityAlgorithms.RsaSha256)),
            ["another key of the same name"] = _issuer.Token("operator", change: t => t.SigningCredentials = new(pretended, SecurityAlgorithms.RsaSha256)),
            ["signed with what everybody may read"] = _issuer.Token("operator", change: t => t.SigningCredentials = new(
                new SymmetricSecurityKey(_issuer.Key.Rsa.ExportSubjectPublicKeyInfo()) { KeyId = _issuer.Key.KeyId }, SecurityAlgorithms.HmacSha256)),
            ["not signed"] = _issuer.Token("operator", change: t => t.SigningCredentials = null),
            ["signature cut off"] = good[..(good.LastIndexOf('.') + 1)],
            ["another content"] = Forged(good),
            ["no client"] = _issuer.Token("operator", string.Empty),
            ["no token"] = "a.b.c",
        };
        foreach (var (what, token) in refused)
        {
            Assert.That(await _tokens.Check(token), Is.EqualTo(((Caller?)null, AccessProblems.Invalid)), what);
        }

        Assert.That((await _tokens.Check(good)).Caller, Is.Not.Null);
    }

    [Test]
    public async Task One_that_has_ended_is_told_so_when_it_was_signed_and_clocks_may_differ_a_little()
    {
        string Ended(int secondsAgo) => _issuer.Token("analyst", change: t => (t.NotBefore, t.IssuedAt, t.Expires) = (DateTime.UtcNow.AddHours(-1), DateTime.UtcNow.AddHours(-1), DateTime.UtcNow.AddSeconds(-secondsAgo)));
        Assert.That((await _tokens.Check(Ended(600))).Refusal, Is.EqualTo(AccessProblems.Ended));
        Assert.That((await _tokens.Check(Ended(20))).Caller, Is.Not.Null);
        Assert.That((await _tokens.Check(Forged(Ended(600)))).Refusal, Is.EqualTo(AccessProblems.Invalid));
    }

    [TestCase("king")]
    [TestCase("analyst auditor")]
    [TestCase("")]
    public async Task Without_exactly_one_role_of_ours_nothing_is_allowed(string role) =>
        Assert.That((await _tokens.Check(_issuer.Token(role))).Refusal, Is.EqualTo(AccessProblems.RoleMissing));

    [Test]
    public async Task Symmetric_signatures_are_taken_only_where_they_are_configured()
    {
        var secret = RandomNumberGenerator.GetBytes(32);
        var key = new SymmetricSecurityKey(secret) { KeyId = "shared" };
        File.WriteAllText(_issuer.File, $$"""{"keys":[{"kty":"oct","use":"sig","kid":"shared","k":"{{Base64UrlEncoder.Encode(secret)}}"}]}""");
        var token = _issuer.Token("analyst", change: t => t.SigningCredentials = new(key, SecurityAlgorithms.HmacSha256));
        await Take(_options);
        Assert.That((await _tokens.Check(token)).Refusal, Is.EqualTo(AccessProblems.Invalid));
        await Take(_options with { Algorithms = ["HS256"] });
        Assert.That((await _tokens.Check(token)).Caller?.Role, Is.EqualTo(AccessRole.Analyst));
    }

    [Test]
    public async Task A_new_key_of_the_issuer_is_taken_when_its_set_is_read_again_and_an_unreadable_set_changes_nothing()
    {
        using var next = RSA.Create(2048);
        var key = new RsaSecurityKey(next) { KeyId = "next" };
        var token = _issuer.Token("analyst", change: t => t.SigningCredentials = new(key, SecurityAlgorithms.RsaSha256));
        Assert.That((await _tokens.Check(token)).Refusal, Is.EqualTo(AccessProblems.Invalid));
        _issuer.Publish(key);
        Assert.That((await _keys.Read(default), (await _tokens.Check(token)).Caller is not null), Is.EqualTo((true, true)));
        Assert.That((await _tokens.Check(_issuer.Token("analyst"))).Refusal, Is.EqualTo(AccessProblems.Invalid), "the old one is withdrawn");

        foreach (var broken in new[] { "", "[]", "{}", "{\"keys\":[]}", new string('x', IssuerKeys.SetBytesMax + 1) })
        {
            File.WriteAllText(_issuer.File, broken, Encoding.ASCII);
            Assert.That((await _keys.Read(default), (await _tokens.Check(token)).Caller is not null), Is.EqualTo((false, true)), broken[..Math.Min(9, broken.Length)]);
        }
    }

    [Test]
    public async Task Before_the_set_could_be_read_nobody_is_told_that_a_token_is_wrong()
    {
        File.Delete(_issuer.File);
        await Take(_options);
        Assert.That((await _tokens.Check(_issuer.Token("analyst"))).Refusal, Is.EqualTo(AccessProblems.Unavailable));
    }

    // One character of the content changed, the signature as it was.
    static string Forged(string token)
    {
        var parts = token.Split('.');
        var content = Base64UrlEncoder.Decode(parts[1]).Replace("someone", "anyone!", StringComparison.Ordinal);
        return $"{parts[0]}.{Base64UrlEncoder.Encode(content)}.{parts[2]}";
    }

    async Task Take(TokenOptions options)
    {
        _tokens?.Dispose();
        _keys?.Dispose();
        _keys = new(options, TimeProvider.System, NullLogger<IssuerKeys>.Instance);
        await _keys.Read(default);
        _tokens = new(options, _keys, TimeProvider.System);
    }
}
