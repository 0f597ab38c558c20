namespace Commerce.Projections.Documents;

/// <summary>A document that is stored whole under its id.</summary>
/// <typeparam name="TId"><see cref="Guid"/> or <see cref="string"/>.</typeparam>
public interface IDocument<out TId>
    where TId : notnull
{
    /// <summary>Its id, in the data too.</summary>
    TId Id { get; }
}
