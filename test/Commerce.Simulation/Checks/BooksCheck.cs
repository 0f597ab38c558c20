using Commerce.Domain;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using Commerce.Simulation.Servers;

namespace Commerce.Simulation.Checks;

/// <summary>The provider's books against ours: the same money was taken and given back, and none is held for an order that is undone.</summary>
static class BooksCheck
{
    public static IEnumerable<Failure> Of(IReadOnlyList<RecordedEvent> events, ProviderBooks books)
    {
        var captured = new Dictionary<Guid, decimal>();
        var refunded = new Dictionary<Guid, decimal>();
        var authorised = new HashSet<Guid>();
        var undone = new HashSet<OrderId>();
        foreach (var recorded in events)
        {
            switch (EventCatalog.Read(recorded))
            {
                case PaymentEvent.Authorised:
                    authorised.Add(IdOf(recorded));
                    break;
                case PaymentEvent.Captured e:
                    captured[IdOf(recorded)] = captured.GetValueOrDefault(IdOf(recorded)) + e.Amount.Amount;
                    break;
                case PaymentEvent.Refunded e:
                    refunded[IdOf(recorded)] = refunded.GetValueOrDefault(IdOf(recorded)) + e.Amount.Amount;
                    break;
                case OrderEvent.Rejected or OrderEvent.Cancelled:
                    undone.Add(OrderId.Parse(recorded.Stream.Id, null));
                    break;
            }
        }

        foreach (var (id, account) in books.Accounts)
        {
            var (taken, returned) = (captured.GetValueOrDefault(id), refunded.GetValueOrDefault(id));
            if (taken != account.Captured || returned != account.Refunded)
            {
                yield return new("books-differ", $"Payment {id}: the provider took {account.Captured} and gave back {account.Refunded}; the log says {taken} and {returned}.");
            }

            if (undone.Contains(account.Order) && account.IsHeld)
            {
                yield return new("money-held", $"Payment {id}: the provider holds {account.Amount} for order {account.Order}, which is undone.");
            }

            if (undone.Contains(account.Order) && account.Captured != account.Refunded)
            {
                yield return new("money-kept", $"Payment {id}: {account.Captured - account.Refunded} were taken for order {account.Order}, which is undone.");
            }
        }

        foreach (var id in authorised.Where(id => !books.Accounts.ContainsKey(id)))
        {
            yield return new("authorised-by-nobody", $"Payment {id} is authorised in the log; the provider does not know it.");
        }
    }

    static Guid IdOf(RecordedEvent recorded) => PaymentId.Parse(recorded.Stream.Id, null).Value;
}
