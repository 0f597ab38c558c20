using Commerce.Api.Sandbox;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Faults.Checks;

/// <summary>The provider's books against the log: the same money was held, taken and given back, once, and none is left of an order that is undone.</summary>
static class BooksCheck
{
    public static IEnumerable<Failure> Of(IReadOnlyList<RecordedEvent> events, SandboxBooks books, DateTimeOffset since)
    {
        var (captured, refunded) = (new Dictionary<string, decimal>(), new Dictionary<string, decimal>());
        var (authorised, undone) = (new HashSet<string>(), new HashSet<string>());
        foreach (var recorded in events)
        {
            var id = recorded.Stream.Id;
            switch (EventCatalog.Read(recorded))
            {
                case PaymentEvent.Authorised:
                    authorised.Add(id);
                    break;
                case PaymentEvent.Captured e:
                    captured[id] = captured.GetValueOrDefault(id) + e.Amount.Amount;
                    break;
                case PaymentEvent.Refunded e:
                    refunded[id] = refunded.GetValueOrDefault(id) + e.Amount.Amount;
                    break;
                case OrderEvent.Rejected or OrderEvent.Cancelled:
                    undone.Add(id);
                    break;
            }
        }

        var held = Authorisations(books, since).ToList();
        foreach (var order in held.GroupBy(h => h.Order).Where(o => o.Count() > 1))
        {
            yield return new("charged-twice", $"Order {order.Key} has {order.Count()} payments: {string.Join(", ", order.Select(o => o.Payment))}.");
        }

        foreach (var payment in held)
        {
            var (taken, returned) = (captured.GetValueOrDefault(payment.Payment), refunded.GetValueOrDefault(payment.Payment));
            if (taken != payment.Captured.Amount || returned != payment.Refunded.Amount)
            {
                yield return new("books-differ", $"Payment {payment.Payment}: the provider took {payment.Captured} and gave back {payment.Refunded}; the log says {taken} and {returned}.");
            }

            if (undone.Contains(payment.Order ?? string.Empty) && (payment.Captured != payment.Refunded || (payment.Status == "authorised" && payment.Captured.Amount == 0)))
            {
                yield return new("money-kept", $"Payment {payment.Payment} is {payment.Status}, {payment.Captured} taken and {payment.Refunded} given back, for order {payment.Order}, which is undone.");
            }
        }

        foreach (var id in authorised.Except(held.Select(h => h.Payment)))
        {
            yield return new("authorised-by-nobody", $"Payment {id} is authorised in the log; the provider does not know it.");
        }
    }

    static IEnumerable<SandboxPayment> Authorisations(SandboxBooks books, DateTimeOffset since)
    {
        var today = DateOnly.FromDateTime(DateTime.UtcNow);
        for (var day = DateOnly.FromDateTime(since.UtcDateTime); day <= today; day = day.AddDays(1))
        {
            foreach (var entry in books.Statement(day).Entries.Where(e => e.Kind == SandboxKind.Authorisation))
            {
                if (books.Find(entry.Payment) is { } payment)
                {
                    yield return payment;
                }
            }
        }
    }
}
