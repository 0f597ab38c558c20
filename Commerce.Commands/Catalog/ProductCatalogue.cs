using System.Diagnostics.CodeAnalysis;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Catalog;
using Commerce.Domain.Log;

namespace Commerce.Commands.Catalog;

/// <summary>
/// Products as they are sold now, for those who price orders by the thousand a second: a read of the log for each line of each cost as much as
/// the orders themselves. What this node changes counts at once, what another one changes within <see cref="FreshFor"/>; nothing is refused for
/// what was looked up before.
/// </summary>
public sealed class ProductCatalogue(IEventLog log, CommandProcessor commands, TimeProvider time)
{
    /// <summary>How long what was looked up counts; as long as an erasure takes to be known everywhere.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(1);

    /// <summary>Products kept at most, some 500 bytes each: 10 MB.</summary>
    public const int KeptMax = 20_000;

    readonly RecentlyUsed<Sku, Look> _looks = new(KeptMax);

    /// <summary>The product, where it is sold and was looked up a short while ago.</summary>
    /// <returns>False: it has to be looked up.</returns>
    public bool TryRecall(Sku sku, [NotNullWhen(true)] out Product? product)
    {
        product = _looks.TryGet(sku, out var last) && IsFresh(last) && last.Product.IsCompletedSuccessfully ? Later(last.Product.Result, Own(sku)).State : null;
        product = product?.IsSold == true ? product : null;
        return product is not null;
    }

    /// <summary>The product; <see cref="Product.None"/> where there is none.</summary>
    /// <exception cref="EventLogUnavailableException">The log does not answer, and was not asked within <see cref="FreshFor"/>.</exception>
    /// <exception cref="OperationCanceledException">The caller left; who waits for the same product goes on.</exception>
    public async Task<Product> Find(Sku sku, CancellationToken cancellationToken)
    {
        if (_looks.TryGet(sku, out var last) && IsFresh(last) && await Found(sku, last, cancellationToken).ConfigureAwait(false) is { IsSold: true } product)
        {
            return product;
        }

        var look = new Look(time.GetTimestamp(), Read(sku, last));
        _looks.Put(sku, look);
        return await Found(sku, look, cancellationToken).ConfigureAwait(false);
    }

    bool IsFresh(Look look) => !look.Product.IsFaulted && time.GetElapsedTime(look.Began) < FreshFor;

    async Task<Product> Found(Sku sku, Look look, CancellationToken cancellationToken) =>
        Later(await look.Product.WaitAsync(cancellationToken).ConfigureAwait(false), Own(sku)).State;

    // No caller's token: others wait for the same.
    async Task<Loaded<Product>> Read(Sku sku, Look? last)
    {
        var known = last is { Product.IsCompletedSuccessfully: true } ? await last.Product.ConfigureAwait(false) : new(Product.None, -1);
        return await StreamState<ProductCommand, ProductEvent, Product>
            .Fold(Product.Decider, Product.StreamOf(sku), log, Later(known, Own(sku)), int.MaxValue, static _ => { }, CancellationToken.None)
            .ConfigureAwait(false);
    }

    Loaded<Product>? Own(Sku sku) => commands.Recall(Product.Decider, Product.StreamOf(sku));

    static Loaded<Product> Later(Loaded<Product> one, Loaded<Product>? other) => other is not null && other.Revision > one.Revision ? other : one;

    /// <summary>A look into the log.</summary>
    /// <param name="Began">When, as the clock's timestamp: all that was in the log then is found.</param>
    /// <param name="Product">What is found.</param>
    sealed record Look(long Began, Task<Loaded<Product>> Product);
}
