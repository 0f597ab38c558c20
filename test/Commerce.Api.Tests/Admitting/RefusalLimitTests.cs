using System.Net.Http.Headers;
using Commerce.Api.Composition;
using Commerce.Api.Tests.App;

namespace Commerce.Api.Tests.Admitting;

/// <summary>Who comes from one address again and again without valid credentials is told nothing any more; the others behind it are.</summary>
[TestFixture]
public sealed class RefusalLimitTests
{
    const int Burst = 3;

    /// <summary>A refusal may be told each second: so many requests are faster than that, however busy the machine is.</summary>
    const int RequestsMax = 100;

    [TestCase(null, "credentials-missing")]
    [TestCase("Bearer ck_AAAAAAAAAAAA_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "credentials-invalid")]
    public async Task Who_guesses_is_told_to_wait_and_who_has_a_key_is_let_in_all_the_same(string? credentials, string code)
    {
        await using var app = await CommerceApp.Start((AdmissionSettings.RefusalBurstKey, $"{Burst}"), (AdmissionSettings.RefusalsPerSecondKey, "1"));
        var replies = new List<Reply>();
        for (var n = 0; n < RequestsMax && (n == 0 || replies[^1].Status != 429); n++)
        {
            replies.Add(await Get(app.Anybody, credentials));
        }

        Assert.That(replies[..Burst].Select(r => r.Refusal), Is.All.EqualTo((401, code)));
        Assert.That((replies[^1].Refusal, replies[^1].Header("Retry-After")), Is.EqualTo(((429, "too-many-refusals"), "1")));
        Assert.That((await Get(app.Http, null)).Status, Is.EqualTo(200), "The operator's key comes from the same address.");
    }

    static async Task<Reply> Get(HttpClient client, string? credentials)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/keys");
        request.Headers.Authorization = credentials is null ? client.DefaultRequestHeaders.Authorization : AuthenticationHeaderValue.Parse(credentials);
        using var response = await client.SendAsync(request);
        return await Reply.Of(response);
    }
}
