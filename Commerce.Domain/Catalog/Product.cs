using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Domain.Log;
using static Commerce.Domain.Decision;

namespace Commerce.Domain.Catalog;

// Names and fields of these events are the storage format: add a version, never change one.

/// <summary>What happens to a product.</summary>
public abstract record ProductEvent
{
    /// <summary>It can be sold from now on.</summary>
    [EventName("product-registered.v1")]
    public sealed record Registered(Sku Sku, string Name, Money Price) : ProductEvent;

    /// <summary>Orders placed from now on pay this price.</summary>
    [EventName("product-price-changed.v1")]
    public sealed record PriceChanged(Money Price) : ProductEvent;

    /// <summary>It cannot be ordered any more; orders already placed go on.</summary>
    [EventName("product-discontinued.v1")]
    public sealed record Discontinued : ProductEvent;
}

/// <summary>What can be asked of a product.</summary>
public abstract record ProductCommand
{
    /// <summary>Offer it.</summary>
    public sealed record Register(Sku Sku, string Name, Money Price) : ProductCommand;

    /// <summary>Change its price.</summary>
    public sealed record ChangePrice(Money Price) : ProductCommand;

    /// <summary>Offer it no more.</summary>
    public sealed record Discontinue : ProductCommand;
}

/// <summary>Why a command to a product is refused.</summary>
public static class ProductRejections
{
    /// <summary>No such product.</summary>
    public static readonly Rejection Unknown = new("product-unknown", "There is no such product.", RejectionKind.NotFound);

    /// <summary>The SKU is taken.</summary>
    public static readonly Rejection Exists = new("product-exists", "A product with this SKU is registered already.", RejectionKind.Conflict);

    /// <summary>Not sold any more.</summary>
    public static readonly Rejection Discontinued = new("product-discontinued", "The product is discontinued.");

    /// <summary>Not a price.</summary>
    public static readonly Rejection PriceInvalid = new("price-invalid", $"A price is zero or more, with at most {Money.UnitPriceDecimalsMax} decimals.");

    /// <summary>Not a name.</summary>
    public static readonly Rejection NameInvalid = new("name-invalid", $"A name has 1 to {Product.NameLengthMax} characters, none of them a control character.");

    /// <summary>Another currency.</summary>
    public static readonly Rejection CurrencyMismatch = new("currency-mismatch", "The product is priced in another currency.");
}

/// <summary>One thing that is sold.</summary>
public sealed record Product(Sku Sku, string Name, Money Price, bool IsRegistered, bool IsDiscontinued)
{
    /// <summary>Characters of a name at most.</summary>
    public const int NameLengthMax = TradeLimits.ProductNameLengthMax;

    /// <summary>Before it is registered.</summary>
    public static readonly Product None = new(default, string.Empty, default, IsRegistered: false, IsDiscontinued: false);

    /// <summary>The aggregate.</summary>
    public static readonly Decider<ProductCommand, ProductEvent, Product> Decider = new("product", None, Decide, Evolve);

    /// <summary>Whether it can be ordered.</summary>
    public bool IsSold => IsRegistered && !IsDiscontinued;

    /// <summary>Its stream.</summary>
    public static StreamName StreamOf(Sku sku) => StreamName.For("product", sku.Value);

    /// <summary>The product after an event.</summary>
    public static Product Evolve(Product product, ProductEvent @event) => @event switch
    {
        ProductEvent.Registered e => new(e.Sku, e.Name, e.Price, IsRegistered: true, IsDiscontinued: false),
        ProductEvent.PriceChanged e => product with { Price = e.Price },
        ProductEvent.Discontinued => product with { IsDiscontinued = true },
        _ => throw new UnreachableException(),
    };

    /// <summary>What a command leads to.</summary>
    public static Decision<ProductEvent> Decide(ProductCommand command, Product product) => command switch
    {
        ProductCommand.Register when product.IsRegistered => ProductRejections.Exists,
        ProductCommand.Register c when !FreeText.IsValid(c.Name, NameLengthMax) => ProductRejections.NameInvalid,
        ProductCommand.Register { Price.IsUnitPrice: false } => ProductRejections.PriceInvalid,
        ProductCommand.Register c => new ProductEvent.Registered(c.Sku, c.Name, c.Price),

        _ when !product.IsRegistered => ProductRejections.Unknown,

        ProductCommand.ChangePrice when product.IsDiscontinued => ProductRejections.Discontinued,
        ProductCommand.ChangePrice { Price.IsUnitPrice: false } => ProductRejections.PriceInvalid,
        ProductCommand.ChangePrice c when c.Price.Currency != product.Price.Currency => ProductRejections.CurrencyMismatch,
        ProductCommand.ChangePrice c when c.Price == product.Price => Nothing,
        ProductCommand.ChangePrice c => new ProductEvent.PriceChanged(c.Price),

        ProductCommand.Discontinue when product.IsDiscontinued => Nothing,
        ProductCommand.Discontinue => new ProductEvent.Discontinued(),
        _ => throw new UnreachableException(),
    };
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ProductEvent.Registered))]
[JsonSerializable(typeof(ProductEvent.PriceChanged))]
[JsonSerializable(typeof(ProductEvent.Discontinued))]
sealed partial class CatalogJson : JsonSerializerContext;
