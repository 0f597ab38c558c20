using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog.Copying;

/// <summary>How far a copy is.</summary>
/// <param name="Doing">What it does: compares, copies, verifies.</param>
/// <param name="Events">Events that it has done this with.</param>
/// <param name="Part">Of the whole work, 0 to 1.</param>
public sealed record LogCopyProgress(string Doing, long Events, double Part);

/// <summary>What a copy came to.</summary>
/// <param name="Copied">Events that this run copied.</param>
/// <param name="Found">Events that the target held before, from an earlier run.</param>
/// <param name="Digest">What both logs hold, each read from its start.</param>
/// <param name="Head">Position in the source up to which it was copied.</param>
/// <param name="HasGrown">Whether the source took events meanwhile, which are not copied.</param>
public sealed record LogCopyReport(long Copied, long Found, LogDigest Digest, LogPosition Head, bool HasGrown);

/// <summary>The copy cannot be made, or is none.</summary>
public sealed class LogCopyException(string message) : EventLogException(message);
