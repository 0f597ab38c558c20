using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Commerce.Api.Tests.App;
using Commerce.Api.Tests.Tracing;
using Commerce.Domain.Log;
using Commerce.Testing.Servers;
using Npgsql;

namespace Commerce.Api.Tests.Cli;

/// <summary>The verbs that seal, verify and prove.</summary>
[TestFixture]
public sealed partial class SealCommandTests
{
    string _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("commerce-seals-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task A_shop_s_log_is_sealed_verified_proven_from_and_found_out_when_it_is_changed()
    {
        var (keyFile, publicFile, proofFile, reportFile) = (Path.Combine(_folder, "key.pem"), Path.Combine(_folder, "public.pem"), Path.Combine(_folder, "proof.json"), Path.Combine(_folder, "report.json"));
        using (var key = ECDsa.Create(ECCurve.NamedCurves.nistP256))
        {
            await File.WriteAllTextAsync(keyFile, key.ExportECPrivateKeyPem());
            await File.WriteAllTextAsync(publicFile, key.ExportSubjectPublicKeyInfoPem());
        }

        await using var app = await CommerceApp.Start(("Commerce:Seals:Every", "1.00:00:00"));
        var client = new Client(app.Http);
        await client.Until(await client.Order(await client.Stocked()), "confirmed");
        string[] shop = ["--postgres", app.Host.ConnectionString];

        var sealing = await Terminal.Run(["audit", "seal", "--key", keyFile, .. shop]);
        Assert.That((sealing.Code, sealing.Error), Is.EqualTo((0, string.Empty)));
        var digest = Digest().Match(sealing.Output).Groups[1].Value;

        var verified = await Terminal.Run(["audit", "verify", "--key", publicFile, "--expect", digest, "--json", reportFile, .. shop]);
        Assert.That((verified.Code, verified.Output), Is.EqualTo((0, verified.Output)).And.Matches<(int, string)>(v => v.Item2.Contains("The log is what was sealed.", StringComparison.Ordinal)));
        Assert.That(JsonNode.Parse(await File.ReadAllTextAsync(reportFile))!["signaturesChecked"]!.GetValue<int>(), Is.GreaterThan(0));

        var e = await FirstOrder(app.Host.Log);
        var proven = await Terminal.Run(["audit", "prove", "--event", e.Id.ToString(), "--out", proofFile, .. shop]);
        Assert.That((proven.Code, proven.Error), Is.EqualTo((0, string.Empty)));
        var held = await Terminal.Run(["audit", "check-proof", proofFile, "--key", publicFile]);
        Assert.That((held.Code, held.Output), Is.EqualTo((0, held.Output)).And.Matches<(int, string)>(v => v.Item2.Contains($"{e.Type} {e.Id} is revision {e.Revision} of {e.Stream}", StringComparison.Ordinal)));
        Assert.That((await Terminal.Run(["audit", "check-proof", proofFile, "--expect", new string('0', 64)])).Code, Is.EqualTo(1));

        await Change(app.Host.ConnectionString, e);
        var found = await Terminal.Run(["audit", "verify", .. shop]);
        Assert.That(found.Code, Is.EqualTo(1));
        Assert.That(found.Output, Does.Contain($"event-changed: This is not what was sealed at this place. ({e.Stream}, revision {e.Revision}, position {e.Position}, event {e.Id})"));
    }

    [Test]
    public async Task What_is_sealed_already_has_a_digest_to_keep_as_well()
    {
        await using var database = await PostgresForTests.CreateDatabase();
        string[] log = ["--postgres", database.ConnectionString];
        Assert.That((await Terminal.Run(["audit", "seal", .. log])).Output.Trim(), Is.EqualTo("There is nothing to seal."));
        await Terminal.Run(["keys", "create", "--client", "shell", "--role", "auditor", .. log]);

        var first = await Terminal.Run(["audit", "seal", .. log]);
        var second = await Terminal.Run(["audit", "seal", .. log]);

        Assert.That((second.Output, Digest().Match(second.Output).Groups[1].Value), Is.EqualTo((second.Output, Digest().Match(first.Output).Groups[1].Value)));
        Assert.That(second.Output, Does.StartWith("Everything is sealed already: seal 0, digest "));
    }

    [Test]
    public async Task A_shop_seals_its_log_by_itself()
    {
        await using var app = await CommerceApp.Start(("Commerce:Seals:Every", "00:00:00.1"));
        var client = new Client(app.Http);
        await client.Until(await client.Order(await client.Stocked()), "confirmed");

        await foreach (var message in app.Host.Log.Subscribe(LogPosition.Start, StreamFilter.Categories("seal"), new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token))
        {
            if (message is LogMessage.Appeared { Event.Type: "log-sealed.v1" })
            {
                break;
            }
        }

        Assert.That((await Terminal.Run(["audit", "verify", "--postgres", app.Host.ConnectionString])).Code, Is.Zero);
        Assert.That((await Terminal.Run(["audit", "--postgres", app.Host.ConnectionString])).Code, Is.Zero, "the sums of the trade are none of the seals' business");
    }

    [TestCase("audit", "verify", "--from-seal", "-1")]
    [TestCase("audit", "verify", "--expect", "abc")]
    [TestCase("audit", "verify", "--key", "/no/such/file.pem")]
    [TestCase("audit", "prove", "--event", "seven")]
    [TestCase("audit", "prove", "--event", "00000000-0000-0000-0000-000000000007")]
    [TestCase("audit", "check-proof", "/no/such/proof.json")]
    public async Task What_cannot_be_done_is_told_in_one_sentence(params string[] arguments)
    {
        var (code, _, error) = await Terminal.Run(arguments[1] == "check-proof" ? arguments : [.. arguments, "--postgres", SharedApp.App.Host.ConnectionString]);

        Assert.That(code, Is.EqualTo(2), error);
        Assert.That(error.Trim(), Does.StartWith("commerce: ").And.Not.Contain("\n"));
    }

    static async Task<RecordedEvent> FirstOrder(IEventLog log)
    {
        await foreach (var e in log.ReadAll(LogPosition.Start, StreamFilter.Categories("order"), 1, default))
        {
            return e;
        }

        throw new InvalidOperationException("There is no order.");
    }

    static async Task Change(string connectionString, RecordedEvent e)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand($"alter table log.appends disable trigger all; update log.appends set data = replace(convert_from(data, 'UTF8'), '\"quantity\":', '\"quantity\": ')::bytea where position = {e.Position}");
        Assert.That(await command.ExecuteNonQueryAsync(), Is.EqualTo(1));
    }

    [GeneratedRegex("digest ([0-9a-f]{64})")]
    private static partial Regex Digest();
}
