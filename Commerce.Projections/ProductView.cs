using System.Diagnostics;
using Commerce.Domain;
using Commerce.Domain.Catalog;
using Commerce.Projections.Documents;

namespace Commerce.Projections;

/// <summary>One thing that is sold, as people read it.</summary>
public sealed record ProductView : IDocument<string>
{
    /// <summary>Its SKU.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What an order placed now pays for one, up to four decimals.</summary>
    public required Money Price { get; init; }

    /// <summary>Whether it cannot be ordered any more.</summary>
    public bool IsDiscontinued { get; init; }

    /// <summary>When it was first offered.</summary>
    public DateTimeOffset RegisteredAt { get; init; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>Revision of the product's stream: its ETag.</summary>
    public long Revision { get; init; }

    /// <summary>Place in the log of the last event in it.</summary>
    public long Position { get; init; }

    /// <summary>The product after an event.</summary>
    public static ProductView? Apply(ProductView? product, ProjectedEvent e)
    {
        var next = e.Event switch
        {
            ProductEvent.Registered x => new ProductView { Id = x.Sku.Value, Name = x.Name, Price = x.Price, RegisteredAt = e.OccurredAt },
            ProductEvent.PriceChanged x => product is null ? null : product with { Price = x.Price },
            ProductEvent.Discontinued => product is null ? null : product with { IsDiscontinued = true },
            _ => throw new UnreachableException($"{e.Event.GetType()} is no event of a product."),
        };
        return next is null ? null : next with { ChangedAt = e.OccurredAt, Revision = e.Recorded.Revision, Position = e.Position };
    }
}
