using System.Text;
using System.Text.Json;
using Commerce.Api.Http;

namespace Commerce.Api.Tests.Fuzz;

/// <summary>Says what is wrong with an answer.</summary>
sealed class AnswerJudge(IReadOnlySet<string> codes)
{
    /// <summary>Bytes of a chunk's length at most.</summary>
    const int ChunkHeadMax = 16;

    static readonly byte[][] Insides = [.. new[] { "   at ", "Exception", "Commerce.Api", "Commerce.Domain", "System.", "Npgsql", ".cs:line", "StackTrace" }.Select(Encoding.UTF8.GetBytes)];

    /// <summary>Null: nothing.</summary>
    public string? FaultOf(FuzzedRequest request, FuzzedAnswer? answer) => answer switch
    {
        null when request.IsTooLarge || !request.IsHttp => null,
        null => "it is not answered",
        { MediaType: Problem.MediaType } => FaultOfProblem(answer) ?? FaultOfText(answer),
        { Status: 505 } when !request.IsHttp => null,
        { Status: >= 500 } when !IsHealth(answer) => "an answer of the server's fault without a code",
        { Status: >= 400, Body.Length: > 0 } when !IsHealth(answer) => "a refusal that is no problem",
        { Status: >= 400, IsLast: false } when !request.IsHead && !IsHealth(answer) => "a refusal without a code",
        _ => FaultOfText(answer),
    };

    // Its body may come in chunks, each behind its length.
    static bool IsHealth(FuzzedAnswer answer) => answer.Status == 503 && answer.Body.AsSpan().IndexOf("{\"status\":\"notReady\""u8) is >= 0 and < ChunkHeadMax;

    static string? FaultOfText(FuzzedAnswer answer) =>
        answer.Status >= 400 && Array.Find(Insides, inside => answer.Body.AsSpan().IndexOf(inside) >= 0) is { } told ? $"it tells of our inside: {Encoding.UTF8.GetString(told)}" : null;

    string? FaultOfProblem(FuzzedAnswer answer)
    {
        if (answer.Body.Length == 0)
        {
            return null;
        }

        try
        {
            using var problem = JsonDocument.Parse(answer.Body);
            var (code, status) = (problem.RootElement.GetProperty("code").GetString() ?? string.Empty, problem.RootElement.GetProperty("status").GetInt32());
            return status != answer.Status ? "status and problem differ"
                : !codes.Contains(code) ? $"the code {code} is not known"
                : status == 503 || status < 500 ? null
                : $"{status} {code}";
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException)
        {
            return "a problem that is none";
        }
    }
}
