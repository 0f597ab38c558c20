using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Commerce.Api.Composition;
using Commerce.Api.Endpoints;
using Commerce.Api.Http;
using Commerce.Commands.Access;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Access;

namespace Commerce.Api.Cli;

/// <summary>The verb <c>keys</c>: keys of the API. Whoever reaches the database may make one, so none is ever lost for good.</summary>
static class KeysCommand
{
    /// <summary>Days that a key may last at most.</summary>
    const int DaysMax = 3_650;

    /// <summary>Hours for which an old key may go on at most.</summary>
    const int HoursMax = 30 * 24;

    static readonly Argument<string> Id = new("id") { Description = "Public part of the key: the 12 characters after ck_." };
    static readonly Option<string> Client = new("--client") { HelpName = "NAME", Required = true, Description = "Whose it is: the name that stands in the log beside what it does." };
    static readonly Option<string> Role = new("--role") { HelpName = "ROLE", Required = true, Description = $"What it may do: {string.Join(", ", Enum.GetValues<AccessRole>().Select(Words.Of))}." };
    static readonly Option<string[]> Customer = new("--customer") { HelpName = "ID", Description = $"Of a consumer: a customer that is its own; {AccessKeys.CustomersMax} at most." };
    static readonly Option<bool> EveryCustomer = new("--every-customer") { Description = "Of a consumer, in place of --customer: every customer, as for a shop's own pages." };
    static readonly Option<int?> Days = new("--days") { HelpName = "N", Description = $"Days until it ends by itself, 1 to {DaysMax} (default never)." };
    static readonly Option<int> Hours = new("--hours") { HelpName = "N", DefaultValueFactory = _ => 24, Description = $"Hours for which the old key is valid yet, 0 to {HoursMax}." };
    static readonly Option<string> Reason = new("--reason") { HelpName = "TEXT", Required = true, Description = $"Why; recorded, 1 to {AccessKeys.ReasonLengthMax} characters." };

    /// <summary>The verb with its options.</summary>
    public static Command Create() => new("keys", "Keys of the API.")
    {
        Verbs.OnHost("create", "Makes one for a client and prints it, once: only its hash is kept.", MakeOne, Client, Role, Customer, EveryCustomer, Days),
        Verbs.OnHost("list", "Lists them, the newest first, without what is secret.", List),
        Verbs.OnHost("rotate", "Makes one that does what another does, which ends a while later.", Rotate, Id, Hours, Days),
        Verbs.OnHost("revoke", "Ends one at once.", Revoke, Id, Reason),
        Generate(),
    };

    static Command Generate()
    {
        var command = new Command("generate", $"Prints a new key that nobody knows yet, for {AccessSettings.OperatorKeyKey}.");
        command.SetAction((_, _) => Printed(ApiKey.New()));
        return command;
    }

    static async Task<int> MakeOne(CommerceHost host, ParseResult parsed, CancellationToken cancellationToken)
    {
        var grant = new AccessGrant(parsed.GetRequiredValue(Client), RoleOf(parsed))
        {
            Customers = [.. (parsed.GetValue(Customer) ?? []).Select(CustomerOf)],
            EveryCustomer = parsed.GetValue(EveryCustomer),
            ExpiresAt = ExpiryOf(parsed, host.Time),
        };
        return await Told(await host.Keys.Create(grant, new CommandContext(Verbs.Actor), cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
    }

    static async Task<int> Rotate(CommerceHost host, ParseResult parsed, CancellationToken cancellationToken)
    {
        var hours = parsed.GetValue(Hours) is >= 0 and <= HoursMax and var given ? given : throw new CommerceSettingsException($"--hours is 0 to {HoursMax}.");
        var made = await host.Keys.Rotate(parsed.GetRequiredValue(Id), TimeSpan.FromHours(hours), ExpiryOf(parsed, host.Time), new CommandContext(Verbs.Actor), cancellationToken).ConfigureAwait(false);
        return await Told(made, cancellationToken).ConfigureAwait(false);
    }

    static async Task<int> Revoke(CommerceHost host, ParseResult parsed, CancellationToken cancellationToken)
    {
        var id = parsed.GetRequiredValue(Id);
        var outcome = await host.Keys.Revoke(id, TimeSpan.Zero, parsed.GetRequiredValue(Reason), new CommandContext(Verbs.Actor), cancellationToken).ConfigureAwait(false);
        return await Verbs.Tell(outcome, $"{id} is revoked; every process refuses it within {KnownKeys.LookEvery.TotalSeconds:0} s.").ConfigureAwait(false);
    }

    static async Task<int> List(CommerceHost host, ParseResult parsed, CancellationToken cancellationToken)
    {
        foreach (var key in await host.Keys.List(cancellationToken).ConfigureAwait(false))
        {
            await Console.Out.WriteLineAsync(LineOf(key, host.Time.GetUtcNow())).ConfigureAwait(false);
        }

        return 0;
    }

    static string LineOf(AccessKey key, DateTimeOffset now)
    {
        var customers = key.Grant.EveryCustomer ? "every customer" : string.Join(' ', key.Grant.Customers);
        var end = key.EndsAt is not { } endsAt ? "never ends" : key.HasEnded(now) ? $"ended {endsAt:u}" : $"ends {endsAt:u}";
        return string.Create(CultureInfo.InvariantCulture, $"{key.Id}  {key.Grant.Client,-20} {Words.Of(key.Grant.Role),-9} created {key.CreatedAt:u}  {end}  {customers}").TrimEnd();
    }

    static Task<int> Told(KeyMade made, CancellationToken cancellationToken) => Verbs.Tell(made.Outcome, async _ =>
    {
        // A script that uses it in its next line finds every process knowing it.
        await Task.Delay(KnownKeys.LookEvery + KnownKeys.LookEvery, cancellationToken).ConfigureAwait(false);
        return await Printed(made.Key ?? throw new UnreachableException("A key was made and is not there.")).ConfigureAwait(false);
    });

    static async Task<int> Printed(ApiKey key)
    {
        await Console.Out.WriteLineAsync(key.Text).ConfigureAwait(false);
        return 0;
    }

    static AccessRole RoleOf(ParseResult parsed)
    {
        try
        {
            return Words.Value<AccessRole>("--role", parsed.GetRequiredValue(Role)) ?? throw new CommerceSettingsException("--role is needed.");
        }
        catch (RefusedRequestException refused)
        {
            throw new CommerceSettingsException(refused.Problem.Detail);
        }
    }

    static CustomerId CustomerOf(string text) => CustomerId.TryParse(text, null, out var id) ? id : throw new CommerceSettingsException("--customer is the id of a customer.");

    static DateTimeOffset? ExpiryOf(ParseResult parsed, TimeProvider time) => parsed.GetValue(Days) switch
    {
        null => null,
        >= 1 and <= DaysMax and var days => time.GetUtcNow().AddDays(days),
        _ => throw new CommerceSettingsException($"--days is 1 to {DaysMax}."),
    };
}
