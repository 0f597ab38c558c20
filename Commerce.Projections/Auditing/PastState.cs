using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Commerce.Domain;
using Commerce.Domain.Catalog;
using Commerce.Domain.Customers;
using Commerce.Domain.DeadLetters;
using Commerce.Domain.FlashSales;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using Commerce.Domain.Reconciliation;

namespace Commerce.Projections.Auditing;

/// <summary>An aggregate as it was at a moment, made of its stream by the same Evolve that decided on it; no snapshot is believed.</summary>
/// <param name="Last">The last event that made it; null: none did yet.</param>
/// <param name="State">Its state.</param>
public sealed record PastState(RecordedEvent? Last, JsonElement State)
{
    /// <summary>Events that one answer replays at most: some seconds of work.</summary>
    public const int EventsMax = 1_000_000;

    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutWhatIsNotKnownYet } },
    };

    static readonly FrozenDictionary<string, Func<IAsyncEnumerable<RecordedEvent>, Task<PastState>>> ByCategory = new Dictionary<string, Func<IAsyncEnumerable<RecordedEvent>, Task<PastState>>>
    {
        [Product.Decider.Category] = Of(Product.Decider),
        [Customer.Decider.Category] = Of(Customer.Decider),
        [Stock.Decider.Category] = Of(Stock.Decider),
        [Order.Decider.Category] = Of(Order.Decider),
        [Payment.Decider.Category] = Of(Payment.Decider),
        [CreditNote.Decider.Category] = Of(CreditNote.Decider),
        [FlashSale.Decider.Category] = Of(FlashSale.Decider),
        [DeadLetter.Decider.Category] = Of(DeadLetter.Decider),
        [DayReconciliation.Decider.Category] = Of(DayReconciliation.Decider),
        ["fulfilment"] = events => Fold<FulfilmentEvent, FulfilmentState>(FulfilmentState.None, FulfilmentState.Evolve, events),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Whether streams of this name are an aggregate's.</summary>
    public static bool IsOf(StreamName stream) => ByCategory.ContainsKey(stream.Category);

    /// <summary>The aggregate after the first events of its stream, up to the first one that came later than the moment.</summary>
    /// <param name="log">The log.</param>
    /// <param name="stream">Its stream, one that <see cref="IsOf"/> knows.</param>
    /// <param name="moment">The moment.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StreamTooLongException">It would take more than <see cref="EventsMax"/> events.</exception>
    /// <exception cref="JsonException">An event cannot be read.</exception>
    public static Task<PastState> Read(IEventLog log, StreamName stream, Moment moment, CancellationToken cancellationToken) =>
        ByCategory[stream.Category](Until(log, stream, moment, cancellationToken));

    static async IAsyncEnumerable<RecordedEvent> Until(IEventLog log, StreamName stream, Moment moment, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var e in log.ReadStream(stream, ReadDirection.Forwards, 0, int.MaxValue, cancellationToken).ConfigureAwait(false))
        {
            if (!moment.Includes(e))
            {
                yield break;
            }

            if (e.Revision >= EventsMax)
            {
                throw new StreamTooLongException(stream);
            }

            yield return e;
        }
    }

    // A list that is none yet cannot be written: it is not an empty one.
    static void LeaveOutWhatIsNotKnownYet(JsonTypeInfo type)
    {
        foreach (var list in type.Properties.Where(p => p.PropertyType.IsGenericType && p.PropertyType.GetGenericTypeDefinition() == typeof(ImmutableArray<>)))
        {
            var none = Activator.CreateInstance(list.PropertyType);
            list.ShouldSerialize = (_, value) => value?.Equals(none) == false;
        }
    }

    static Func<IAsyncEnumerable<RecordedEvent>, Task<PastState>> Of<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider)
        where TEvent : class => events => Fold(decider.Initial, decider.Evolve, events);

    static async Task<PastState> Fold<TEvent, TState>(TState initial, Func<TState, TEvent, TState> evolve, IAsyncEnumerable<RecordedEvent> events)
        where TEvent : class
    {
        var (state, last) = (initial, (RecordedEvent?)null);
        await foreach (var recorded in events.ConfigureAwait(false))
        {
            (state, last) = (EventCatalog.Read(recorded) is TEvent e ? evolve(state, e) : state, recorded);
        }

        return new(last, JsonSerializer.SerializeToElement(state, Json));
    }
}

/// <summary>A stream is too long to be replayed for an answer.</summary>
public sealed class StreamTooLongException(StreamName stream) : Exception($"{stream} has more than {PastState.EventsMax} events up to that moment.");
