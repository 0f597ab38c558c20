namespace Commerce.Benchmarks.Load;

/// <summary>What a load generator sends over gRPC in place of JSON over HTTP/1.1.</summary>
/// <param name="IsStream">Whether all commands of a connection go on one call; else each is a call of its own.</param>
/// <param name="Lanes">Commands of a connection that are under way at once.</param>
/// <param name="Method">Full name of the method, with a slash before it.</param>
/// <param name="Message">The command's message. Under which key it goes is said beside it.</param>
/// <param name="MessageField">On one call: the message's field in the command that holds it.</param>
sealed record GrpcPlan(bool IsStream, int Lanes, string Method, byte[] Message, int MessageField);
