using Commerce.Api.Grpc.Mapping;
using Commerce.Api.Http;
using Commerce.Api.Reports;
using Commerce.Projections.Daemon;
using Commerce.Projections.Queries;
using Grpc.Core;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Grpc.Services;

/// <summary><c>commerce.v1.Analytics</c>.</summary>
sealed class AnalyticsService(AnalyticsQueries queries) : Wire.Analytics.AnalyticsBase
{
    /// <summary>Rows that are sent together: each sending waits until the reader has taken what is before it.</summary>
    const int RowsTogether = 64;

    /// <inheritdoc/>
    public override async Task ReadSales(Wire.ReadSalesRequest request, IServerStreamWriter<Wire.ReportPart> responseStream, ServerCallContext context)
    {
        var (dimensions, bounds) = (ReportQuery.Dimensions(string.Join(',', request.By)), QueryOf(request.Bounds).Bounds);
        await context.WaitFor(ProjectionNames.Sales).ConfigureAwait(false);
        await Write(await queries.ReadSales(dimensions, bounds, context.CancellationToken).ConfigureAwait(false), bounds, responseStream, context).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async Task ReadView(Wire.ReadViewRequest request, IServerStreamWriter<Wire.ReportPart> responseStream, ServerCallContext context)
    {
        if (queries.Relations.FirstOrDefault(r => r.Name == request.View) is not { } relation)
        {
            throw Problems.ViewUnknown(queries.Relations.Select(r => r.Name)).Exception();
        }

        var bounds = QueryOf(request.Bounds).BoundsFor(relation);
        await context.WaitFor([.. relation.Projections]).ConfigureAwait(false);
        await Write(await queries.Read(relation, bounds, context.CancellationToken).ConfigureAwait(false), bounds, responseStream, context).ConfigureAwait(false);
    }

    static ReportQuery QueryOf(Wire.ReportBounds? bounds) => new(
        bounds?.From, bounds?.To, bounds is { Limit: not 0 } ? bounds.Limit.ToString(System.Globalization.CultureInfo.InvariantCulture) : null, null);

    static async Task Write(AnalyticsAnswer? opened, AnalyticsBounds bounds, IServerStreamWriter<Wire.ReportPart> to, ServerCallContext context)
    {
        await using var answer = opened ?? throw Problems.TooManyReports.Exception();
        var columns = new ReportColumns(answer.Row);
        await to.WriteAsync(new() { Head = HeadOf(answer, columns, bounds) }, context.CancellationToken).ConfigureAwait(false);
        for (var rows = 1; await answer.Read(context.CancellationToken).ConfigureAwait(false); rows++)
        {
            var row = new Wire.ReportRow();
            foreach (var value in columns.Values(answer.Row))
            {
                row.Cells.Add(value is null ? new() : new Wire.ReportCell { Value = value });
            }

            to.WriteOptions = rows % RowsTogether == 0 ? WriteOptions.Default : GrpcWrites.WithNext;
            await to.WriteAsync(new() { Row = row }, context.CancellationToken).ConfigureAwait(false);
        }
    }

    static Wire.ReportHead HeadOf(AnalyticsAnswer answer, ReportColumns columns, AnalyticsBounds bounds) => new()
    {
        Columns = { columns.Names },
        AsOfPosition = answer.Position.Value,
        AsOfTime = Replies.Of(answer.Time),
        RowLimit = bounds.RowsMax ?? ReportQuery.RowsMax,
    };
}
