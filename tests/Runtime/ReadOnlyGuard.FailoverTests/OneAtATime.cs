// Servers, meters and the read-only signal are shared by the process, and two cores by the servers: one scenario at a time.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
