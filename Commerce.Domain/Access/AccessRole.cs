namespace Commerce.Domain.Access;

/// <summary>What a client of the API may do. Names are part of the storage format.</summary>
public enum AccessRole
{
    /// <summary>Orders, claims and customers of the customers that are its own.</summary>
    Consumer,

    /// <summary>Read models and figures, nothing personal.</summary>
    Analyst,

    /// <summary>The log, no commands.</summary>
    Auditor,

    /// <summary>All of it.</summary>
    Operator,
}
