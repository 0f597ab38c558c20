using System.CommandLine;
using Commerce.Api.Composition;
using Commerce.Api.Endpoints;
using Commerce.Api.Http;
using Commerce.Commands.Customers;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Customers;
using Commerce.Domain.Log;

namespace Commerce.Api.Cli;

/// <summary>The verb <c>customers</c>: what is known of one, erasing one, and storing keys with a new master key.</summary>
static class CustomersCommand
{
    /// <summary>Keys that are stored anew in one go.</summary>
    const int RewrappedAtOnce = 500;

    static readonly Argument<string> Id = new("id") { Description = "The customer's id." };
    static readonly Option<string> Reason = new("--reason")
    {
        HelpName = "WORD",
        Description = $"Why; recorded. One of {Listed<ErasureReason>()} (default {Words.Of(ErasureReason.CustomerRequest)}).",
    };

    static readonly Option<string> AskedBy = new("--asked-by")
    {
        HelpName = "WORD",
        Description = $"Who asked for it; recorded. One of {Listed<ErasureParty>()} (default {Words.Of(ErasureParty.Customer)}).",
    };

    /// <summary>The verb with its options.</summary>
    public static Command Create() => new("customers", "Customers and their personal data.")
    {
        Verbs.OnHost("show", "Shows what is known of one, by the log.", Show, Id),
        Verbs.OnHost("erase", "Erases one: destroys the key of their personal data, for good. Events stay, and nobody can read any more what they hold of the customer.", Erase, Id, Reason, AskedBy),
        Verbs.OnHost("erase-again", "Destroys again every key whose erasure the log holds: after the keys' database came back from an older copy.", EraseAgain),
        Verbs.OnHost("rewrap", "Stores every key that is stored with an earlier master key with the current one.", Rewrap),
    };

    static async Task<int> Show(CommerceHost host, ParseResult parsed, CancellationToken cancellationToken)
    {
        if (!CustomerId.TryParse(parsed.GetValue(Id), null, out var id)
            || await host.Customers.Load(id, cancellationToken).ConfigureAwait(false) is not { State: { Status: not CustomerStatus.None } customer })
        {
            return await Verbs.Refuse(CustomerRejections.Unknown).ConfigureAwait(false);
        }

        var details = customer.Details is { } encrypted ? await host.Customers.Read(id, encrypted, customer.Address, customer.Contact, cancellationToken).ConfigureAwait(false) : null;
        foreach (var line in details is null ? OfErased(id, customer) : Of(id, details))
        {
            await Console.Out.WriteLineAsync(line).ConfigureAwait(false);
        }

        return 0;
    }

    static async Task<int> Erase(CommerceHost host, ParseResult parsed, CancellationToken cancellationToken)
    {
        var reason = Word(Reason, parsed, ErasureReason.CustomerRequest);
        var askedBy = Word(AskedBy, parsed, ErasureParty.Customer);
        if (!CustomerId.TryParse(parsed.GetValue(Id), null, out var id))
        {
            return await Verbs.Refuse(CustomerRejections.Unknown).ConfigureAwait(false);
        }

        var outcome = await host.Customers.Erase(id, reason, askedBy, new CommandContext(Verbs.Actor), cancellationToken).ConfigureAwait(false);
        return await Verbs.Tell(outcome, $"{id} is erased: the key is destroyed, and processes that take orders know it within {ErasedCustomers.LookEvery.TotalSeconds:0} s.").ConfigureAwait(false);
    }

    static async Task<int> EraseAgain(CommerceHost host, ParseResult parsed, CancellationToken cancellationToken)
    {
        var all = 0;
        await foreach (var e in host.Log.ReadAll(LogPosition.Start, StreamFilter.Categories(Customer.Decider.Category), int.MaxValue, cancellationToken).ConfigureAwait(false))
        {
            if (EventCatalog.Read(e) is CustomerEvent.ErasureRequested)
            {
                await host.Customers.Finish(CustomerId.Of(e.Stream.Id), cancellationToken).ConfigureAwait(false);
                all++;
            }
        }

        await Console.Out.WriteLineAsync($"{all} customers are erased, and none of them has a key.").ConfigureAwait(false);
        return 0;
    }

    static async Task<int> Rewrap(CommerceHost host, ParseResult parsed, CancellationToken cancellationToken)
    {
        var all = 0;
        while (await host.PersonalKeys.Rewrap(RewrappedAtOnce, cancellationToken).ConfigureAwait(false) is var some and > 0)
        {
            all += some;
        }

        await Console.Out.WriteLineAsync($"{all} keys are stored with the current master key now; none is stored with an earlier one.").ConfigureAwait(false);
        return 0;
    }

    static IEnumerable<string> Of(CustomerId id, PersonalDetails details)
    {
        yield return $"{id}";
        yield return $"name     {details.Name}";
        yield return $"email    {details.Email}";
        yield return $"phone    {details.Phone ?? "-"}";
        yield return $"address  {(details.Address is { } a ? string.Join(", ", [.. a.Lines, $"{a.PostalCode} {a.City}".Trim(), a.Country]) : "-")}";
    }

    static IEnumerable<string> OfErased(CustomerId id, Customer customer)
    {
        yield return $"{id}";
        yield return customer.IsErased
            ? $"erased   {Words.Of(customer.Reason)}, asked by {Words.Of(customer.AskedBy)}"
            : "erased   the key is destroyed";
    }

    static T Word<T>(Option<string> option, ParseResult parsed, T whenMissing)
        where T : struct, Enum
    {
        try
        {
            return Words.Value<T>(option.Name, parsed.GetValue(option)) ?? whenMissing;
        }
        catch (RefusedRequestException refused)
        {
            throw new CommerceSettingsException(refused.Problem.Detail);
        }
    }

    static string Listed<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetValues<T>().Select(Words.Of));
}
